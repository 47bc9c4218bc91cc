import type { PanelProps } from '@grafana/data';
import { t } from '../../../shared/texts';
import { useTheme2 } from '@grafana/ui';
import React, { useCallback, useMemo, useState } from 'react';
import { textAt } from '../../../shared/fields/find';
import { shown } from '../../../shared/fields/shown';
import { PanelState } from '../../../shared/states/PanelState';
import type { Point } from '../../../shared/pointing';
import type { Acknowledgement } from '../api/incidents';
import { lanesOf, type PlacedSpan } from '../layout/lanes';
import { linearScale, type Scale } from '../layout/scale';
import type { TimelineOptions } from '../options';
import type { Look, Pen, Sight } from '../paint/pen';
import { paintSpans } from '../paint/spans';
import type { ReadSpans, SpanFields } from '../spans/types';
import { Chart } from './Chart';
import { painterOf } from './colors';
import { factsOf, titleOf } from './describe';
import { Footer } from './Footer';
import { footerHeight } from './footerHeight';
import { IncidentCard } from './IncidentCard';
import { linearTicks, timeText } from './times';
import { useHeld } from './useHeld';
import type { View } from './useView';

interface Props extends Pick<PanelProps<TimelineOptions>, 'options' | 'width' | 'height' | 'timeRange' | 'timeZone'> {
  onChangeTimeRange: PanelProps['onChangeTimeRange'];
  fields: SpanFields;
  read: ReadSpans;
  /** The datasource that knows the incidents; undefined where it is none of ours. */
  source: string | undefined;
  /** The present when the answer came, epoch milliseconds. */
  now: number;
}

/** How far beside a bar the mouse may be, in pixels. */
const REACH = 3;

/** What lasted, over the dashboard's time. */
export function SpanChart({
  fields,
  read,
  source,
  now,
  options,
  width,
  height,
  timeRange,
  timeZone,
  onChangeTimeRange,
}: Props) {
  const theme = useTheme2();
  const [from, to] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
  const range = useMemo(() => ({ from, to }), [from, to]);
  const { order, showLabels, showLegend, rowHeight } = options;

  const lanes = useMemo(
    () =>
      lanesOf(
        read.spans.filter(({ start, end }) => start <= to && end >= from),
        order
      ),
    [read, order, from, to]
  );
  const painter = useMemo(() => painterOf(fields.color, theme), [fields.color, theme]);
  const paint = useCallback(
    (pen: Pen, sight: Sight, look: Look) =>
      paintSpans(pen, sight, look, {
        now,
        colorOf: ({ span }) => painter(span.row),
        labelOf: ({ span: { row } }) => (showLabels ? labelOf(fields, row) : ''),
      }),
    [now, painter, fields, showLabels]
  );
  const ticksOf = useCallback((scale: Scale) => linearTicks(scale, timeZone), [timeZone]);
  const keyOf = useCallback(
    ({ span, line }: PlacedSpan) => textAt(fields.id, span.row) || JSON.stringify([span.lane, span.start, line]),
    [fields.id]
  );
  const laneName = useCallback((name: string) => (name.trim() === '' ? t('timeline.no-name', '(none)') : name), []);

  const opened = useHeld(lanes, keyOf);
  // What people said holds until the next answer says it too.
  const [said, setSaid] = useState<ReadonlyMap<string, Acknowledgement>>(new Map());
  const [openedAt, setOpenedAt] = useState<Point>({ x: 0, y: 0 });

  if (lanes.lines.length === 0) {
    return <OutOfRange read={read} timeZone={timeZone} />;
  }
  // A legend of severities, and the sentence on what is left out.
  const below = footerHeight(width, (showLegend ? 320 : 0) + (read.skipped > 0 ? 400 : 0));
  const hasFooter = (showLegend && fields.color !== undefined) || read.skipped > 0;
  return (
    <>
      <Chart
        {...{ lanes, range, width, rowHeight, paint, ticksOf, keyOf, laneName }}
        reach={REACH}
        scaleOf={scaleOf}
        height={hasFooter ? height - below : height}
        titleOf={({ span }) => titleOf(span, fields)}
        factsOf={({ span }) => factsOf(span, fields, timeZone)}
        onRange={onChangeTimeRange}
        onOpen={(placed, at) => {
          opened.hold(placed);
          setOpenedAt(at);
        }}
        name={t('timeline.drawing', 'Timeline; arrows lead from bar to bar, Enter opens one, plus and minus zoom')}
      />
      {opened.placed && (
        <IncidentCard
          key={keyOf(opened.placed)}
          {...{ fields, options, timeZone, source }}
          span={opened.placed.span}
          at={openedAt}
          said={said.get(keyOf(opened.placed))}
          onSaid={(acknowledgement) => setSaid(new Map(said).set(keyOf(opened.placed as PlacedSpan), acknowledgement))}
          onRange={onChangeTimeRange}
          onClose={() => opened.hold(undefined)}
        />
      )}
      {hasFooter && <Footer height={below} read={read} fields={fields} colorOf={painter} legend={showLegend} />}
    </>
  );
}

/** Text in a bar; what somebody is on is ticked. */
function labelOf({ label, ackBy }: SpanFields, row: number): string {
  const text = label ? shown(label, label.values[row]) : '';
  return textAt(ackBy, row) === '' ? text : `✓ ${text}`;
}

function scaleOf({ from, to }: View, width: number) {
  return linearScale(from, to, width);
}

/** There are bars, and none of them in the time that is looked at. */
function OutOfRange({ read: { spans }, timeZone }: { read: ReadSpans; timeZone: string }) {
  const first = spans.reduce((least, { start }) => Math.min(least, start), Infinity);
  const last = spans.reduce((most, { end }) => Math.max(most, end), -Infinity);
  return (
    <PanelState
      icon="info-circle"
      message={t('timeline.out-of-range', 'Nothing lies in this time')}
      hint={t('timeline.out-of-range-hint', 'What the query found is from {{first}} to {{last}}.', {
        first: timeText(first, timeZone),
        last: timeText(last, timeZone),
      })}
    />
  );
}
