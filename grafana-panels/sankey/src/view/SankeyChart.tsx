import { measureText, usePanelContext, useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { filterAction } from '../../../shared/actions/filtering';
import { t } from '../../../shared/texts';
import { FactTooltip } from '../../../shared/tooltip/FactTooltip';
import { usePointing } from '../../../shared/usePointing';
import type { DrawableFlow } from '../flow/flow';
import { waysThrough } from '../flow/trace';
import type { FlowFields } from '../flow/types';
import { headingsOf } from '../layout/labels';
import { layoutOf } from '../layout/layout';
import { neighbour } from '../layout/neighbours';
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

/** The drawing: bands between nodes, with what can be done to them by mouse and keys. */
export function SankeyChart({ fields, flow, options, lacking, width, height }: Props) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const context = usePanelContext();

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
  const { looked, focused, handlers, menu } = usePointing<SVGSVGElement>({
    choicesOf: (id) => choicesOf(id, flow, fields, filterAction(options.click, context)),
    neighbour: (id, arrow) => neighbour(layout, id, arrow),
  });
  const shape = useMemo(
    () => [...drawing.links, ...drawing.nodes].find(({ placed }) => idOf(placed) === looked?.id),
    [drawing, looked?.id]
  );
  const reachable = useMemo(
    () => [...layout.nodes, ...layout.links].map(idOf).find((id) => id === focused) ?? layout.nodes[0]?.node.id,
    [layout, focused]
  );
  const ways = useMemo(() => shape && waysThrough(flow, idOf(shape.placed)), [flow, shape]);

  return (
    <div className={styles.place}>
      <div className={styles.scroll}>
        <svg
          {...handlers}
          width={layout.width}
          height={layout.height}
          role="group"
          aria-label={t('sankey.drawing', 'Flow of mail; arrows lead along it, Enter filters')}
        >
          <Picture
            {...{ drawing, headings, ways, reachable, styles }}
            minWidth={options.minWidth}
            neutral={theme.colors.text.disabled}
          />
        </svg>
      </div>
      {footed && <Footer {...{ flow, fields, lacking, styles }} legend={showLegend} />}
      {shape && looked && (
        <FactTooltip at={looked.at} title={shape.title} facts={factsOf(shape.placed, flow, fields)} />
      )}
      {menu}
    </div>
  );
}

type Placed = Parameters<typeof factsOf>[0];

function idOf(placed: Placed): string {
  return 'link' in placed ? placed.link.id : placed.node.id;
}
