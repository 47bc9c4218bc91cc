import { measureText, usePanelContext, useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo, useRef, useState } from 'react';
import { ActionMenu } from '../../../shared/actions/ActionMenu';
import type { Choice } from '../../../shared/actions/choices';
import { filterAction } from '../../../shared/actions/filtering';
import { idAt, middleOf, type Point } from '../../../shared/pointing';
import { t } from '../../../shared/texts';
import { FactTooltip } from '../../../shared/tooltip/FactTooltip';
import type { DrawableFlow } from '../flow/flow';
import { waysThrough } from '../flow/trace';
import type { FlowFields } from '../flow/types';
import { headingsOf } from '../layout/labels';
import { layoutOf } from '../layout/layout';
import { neighbour, type Arrow } from '../layout/neighbours';
import type { SankeyOptions } from '../options';
import { choicesOf } from './choices';
import { factsOf } from './describe';
import { drawingOf } from './drawing';
import { Footer } from './Footer';
import { Picture } from './Picture';
import { getStyles } from './styles';

interface Props {
  fields: FlowFields;
  flow: DrawableFlow;
  options: SankeyOptions;
  /** What is not in the data, though an option asks for it. */
  lacking: readonly string[];
  width: number;
  height: number;
}

/** Height of the line under the drawing, and of the names of the levels above it. */
const FOOTER = 22;
const HEADINGS = 14;

const LABEL_SIZE = 12;
const widthOf = (text: string) => measureText(text, LABEL_SIZE).width;

const ARROWS: readonly string[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] satisfies Arrow[];

/** The drawing: bands between nodes, with what can be done to them by mouse and keys. */
export function SankeyChart({ fields, flow, options, lacking, width, height }: Props) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const context = usePanelContext();
  const svg = useRef<SVGSVGElement>(null);
  const [looked, setLooked] = useState<{ id: string; at: Point }>();
  const [focused, setFocused] = useState<string>();
  const [menu, setMenu] = useState<{ at: Point; choices: readonly Choice[] }>();

  const { nodeWidth, spacing, align, order, pinchKind, showValues, showLegend } = options;
  const footed = showLegend || lacking.length > 0 || flow.cycles > 0 || flow.skipped > 0;
  const drawn = footed ? height - FOOTER : height;
  const top = flow.nodes.some(({ dimension }) => dimension !== undefined) ? HEADINGS : 0;
  const layout = useMemo(
    () => layoutOf(flow, { width, height: drawn, top, nodeWidth, spacing, align, order }),
    [flow, width, drawn, top, nodeWidth, spacing, align, order]
  );
  const drawing = useMemo(
    () => drawingOf(flow, layout, fields, { pinchKind, showValues }, widthOf),
    [flow, layout, fields, pinchKind, showValues]
  );
  const headings = useMemo(() => headingsOf(layout), [layout]);
  const shape = useMemo(
    () => [...drawing.links, ...drawing.nodes].find(({ placed }) => idOf(placed) === looked?.id),
    [drawing, looked?.id]
  );
  const ways = useMemo(() => shape && waysThrough(flow, idOf(shape.placed)), [flow, shape]);

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
      svg.current?.querySelector<SVGElement>(`[data-id="${CSS.escape(next ?? '')}"]`)?.focus();
    } else if (id !== undefined && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      act(id, middleOf(event.target as Element));
    } else if (event.key === 'Escape') {
      setLooked(undefined);
    }
  };
  const onLook = (target: EventTarget, at: Point) => {
    const id = idAt(target);
    setLooked(id === undefined ? undefined : { id, at });
  };

  return (
    <div className={styles.place}>
      <div className={styles.scroll}>
        <svg
          ref={svg}
          width={layout.width}
          height={layout.height}
          role="group"
          aria-label={t('sankey.drawing', 'Flow of mail; arrows lead along it, Enter filters')}
          onMouseMove={(event) => onLook(event.target, { x: event.clientX, y: event.clientY })}
          onMouseLeave={() => setLooked(undefined)}
          onClick={(event) => {
            const id = idAt(event.target);
            if (id !== undefined) {
              act(id, { x: event.clientX, y: event.clientY });
            }
          }}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            setFocused(idAt(event.target));
            onLook(event.target, middleOf(event.target));
          }}
          onBlur={() => setLooked(undefined)}
        >
          <Picture
            {...{ drawing, headings, ways, styles }}
            reachable={focused ?? layout.nodes[0]?.node.id}
            minWidth={options.minWidth}
            neutral={theme.colors.text.disabled}
          />
        </svg>
      </div>
      {footed && <Footer {...{ flow, fields, lacking, styles }} legend={showLegend} />}
      {shape && looked && (
        <FactTooltip at={looked.at} title={shape.title} facts={factsOf(shape.placed, flow, fields)} />
      )}
      {menu && <ActionMenu at={menu.at} choices={menu.choices} onClose={() => setMenu(undefined)} />}
    </div>
  );
}

type Placed = Parameters<typeof factsOf>[0];

function idOf(placed: Placed): string {
  return 'link' in placed ? placed.link.id : placed.node.id;
}
