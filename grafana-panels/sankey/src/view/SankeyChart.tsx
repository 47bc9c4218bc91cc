import { measureText, usePanelContext, useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo, useRef, useState } from 'react';
import { filterAction } from '../../../shared/actions/filtering';
import { ActionMenu } from '../../../shared/actions/ActionMenu';
import type { Choice } from '../../../shared/actions/choices';
import { colorOf, shown, spoken } from '../../../shared/fields/shown';
import { FactTooltip } from '../../../shared/tooltip/FactTooltip';
import { t } from '../../../shared/texts';
import type { DrawableFlow } from '../flow/flow';
import { waysThrough } from '../flow/trace';
import type { FlowFields } from '../flow/types';
import { fitted, labelPlace } from '../layout/labels';
import { layoutOf } from '../layout/layout';
import { neighbour, type Arrow } from '../layout/neighbours';
import { isAlarming, throughOf } from '../layout/pinch';
import type { SankeyOptions } from '../options';
import { choicesOf } from './choices';
import { factsOfLink, factsOfNode } from './describe';
import { Footer } from './Footer';
import { LinkShape, NodeShape } from './Shapes';
import { getStyles } from './styles';

interface Props {
  fields: FlowFields;
  flow: DrawableFlow;
  options: SankeyOptions;
  width: number;
  height: number;
}

/** Height of the line under the drawing. */
const FOOTER = 22;

const LABEL_SIZE = 12;

const ARROWS: readonly string[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] satisfies Arrow[];

/** Where the mouse is, on the page. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** The drawing: bands between nodes, with what can be done to them by mouse and keys. */
export function SankeyChart({ fields, flow, options, width, height }: Props) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const context = usePanelContext();
  const svg = useRef<SVGSVGElement>(null);
  const [looked, setLooked] = useState<string>();
  const [focused, setFocused] = useState<string>();
  const [mouse, setMouse] = useState<Point>();
  const [menu, setMenu] = useState<{ at: Point; choices: readonly Choice[] }>();

  const { nodeWidth, spacing, align, order, pinchKind } = options;
  const drawn = options.showLegend || flow.cycles > 0 || flow.skipped > 0 ? height - FOOTER : height;
  const layout = useMemo(
    () => layoutOf(flow, { width, height: drawn, nodeWidth, spacing, align, order }),
    [flow, width, drawn, nodeWidth, spacing, align, order]
  );
  const ways = useMemo(() => (looked === undefined ? undefined : waysThrough(flow, looked)), [flow, looked]);
  const names = useMemo(() => new Map(flow.nodes.map(({ id, name }) => [id, name])), [flow]);
  const scale = useMemo(() => {
    const values = flow.links.map(({ pinch }) => pinch ?? 0);
    return fields.pinch?.config.max ?? values.reduce((most, value) => Math.max(most, value), 0);
  }, [flow, fields.pinch]);

  const titleOf = (id: string) => {
    const link = flow.links.find((each) => each.id === id);
    return link ? `${names.get(link.source)} → ${names.get(link.target)}` : (names.get(id) ?? '');
  };
  const factsOf = (id: string) => {
    const link = flow.links.find((each) => each.id === id);
    const node = flow.nodes.find((each) => each.id === id);
    return link ? factsOfLink(link, fields) : node ? factsOfNode(node, flow, fields) : [];
  };
  const act = (id: string, at: Point) => {
    const choices = choicesOf(id, flow, fields, filterAction(options.click, context));
    if (choices.length === 1) {
      choices[0]?.run();
    } else if (choices.length > 1) {
      setMenu({ at, choices });
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const id = idAt(event.target) ?? focused;
    if (ARROWS.includes(event.key)) {
      event.preventDefault();
      const next = neighbour(layout, id, event.key as Arrow);
      const shape = svg.current?.querySelector<SVGElement>(`[data-id="${CSS.escape(next ?? '')}"]`);
      shape?.focus();
    } else if (id !== undefined && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      const box = (event.target as Element).getBoundingClientRect();
      act(id, { x: box.left + box.width / 2, y: box.top + box.height / 2 });
    } else if (event.key === 'Escape') {
      setLooked(undefined);
    }
  };
  const onLook = (target: EventTarget, at?: Point) => {
    setLooked(idAt(target));
    setMouse(at);
  };

  const reachable = focused ?? layout.nodes[0]?.node.id;
  const neutral = theme.colors.text.disabled;
  return (
    <div className={styles.place}>
      <div className={styles.scroll}>
        <svg
          ref={svg}
          width={width}
          height={layout.height}
          role="group"
          aria-label={t('sankey.drawing', 'Flow of mail; arrows lead along it, Enter filters')}
          onMouseMove={(event) => onLook(event.target, { x: event.clientX, y: event.clientY })}
          onMouseLeave={() => onLook(document)}
          onClick={(event) => {
            const id = idAt(event.target);
            if (id !== undefined) {
              act(id, { x: event.clientX, y: event.clientY });
            }
          }}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            setFocused(idAt(event.target));
            setLooked(idAt(event.target));
          }}
          onBlur={() => onLook(document)}
        >
          {layout.links.map((placed) => {
            const { id, color, pinch } = placed.link;
            const { pinch: field } = fields;
            const through = field ? throughOf(pinch, pinchKind, scale, field.config.unit) : undefined;
            return (
              <LinkShape
                key={id}
                placed={placed}
                color={colorOf(fields.color, color) ?? neutral}
                minWidth={options.minWidth}
                through={through}
                alarming={through !== undefined && isAlarming(through)}
                styles={styles}
                label={spoken(titleOf(id), [factsOfLink(placed.link, fields)[0] ?? { label: '', value: '' }])}
                dimmed={ways !== undefined && !ways.links.has(id)}
                reachable={id === reachable}
              />
            );
          })}
          {layout.nodes.map((placed) => (
            <NodeShape
              key={placed.node.id}
              placed={placed}
              styles={styles}
              label={`${placed.node.name}: ${shown(fields.value, placed.value)}`}
              dimmed={ways !== undefined && !ways.nodes.has(placed.node.id)}
              reachable={placed.node.id === reachable}
            />
          ))}
          {layout.nodes.map((placed) => {
            const { x, y, anchor, room } = labelPlace(placed, layout, width);
            const value = options.showValues ? ` ${shown(fields.value, placed.value)}` : '';
            const text = fitted(`${placed.node.name}${value}`, room, (part) => measureText(part, LABEL_SIZE).width);
            return (
              <text key={placed.node.id} x={x} y={y} textAnchor={anchor} className={styles.label} aria-hidden>
                {text}
              </text>
            );
          })}
        </svg>
      </div>
      {drawn < height && <Footer flow={flow} fields={fields} legend={options.showLegend} styles={styles} />}
      {looked !== undefined && mouse && <FactTooltip at={mouse} title={titleOf(looked)} facts={factsOf(looked)} />}
      {menu && <ActionMenu at={menu.at} choices={menu.choices} onClose={() => setMenu(undefined)} />}
    </div>
  );
}

/** The id of the shape that an event happened on. */
function idAt(target: EventTarget): string | undefined {
  const shape = target instanceof Element ? target.closest('[data-id]') : null;
  return shape?.getAttribute('data-id') ?? undefined;
}
