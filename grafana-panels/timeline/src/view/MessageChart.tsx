import type { PanelProps } from '@grafana/data';
import { t } from '../../../shared/texts';
import { usePanelContext, useTheme2 } from '@grafana/ui';
import React, { useCallback, useMemo, useState } from 'react';
import { filterAction } from '../../../shared/actions/filtering';
import type { Point } from '../../../shared/pointing';
import { lanesOf, type PlacedSpan } from '../layout/lanes';
import { LEAST } from '../layout/find';
import { steppedScale } from '../layout/stepped';
import type { Scale } from '../layout/scale';
import type { ReadSteps, Step, StepFields } from '../message/types';
import { waterfallOf } from '../message/waterfall';
import type { TimelineOptions } from '../options';
import type { Look, Pen, Sight } from '../paint/pen';
import { paintSteps } from '../paint/steps';
import { Card } from './Card';
import { Chart } from './Chart';
import { choicesOf } from './choices';
import { painterOf } from './colors';
import { factsOfStep, labelOfStep, titleOfStep } from './describeStep';
import { footerHeight } from './footerHeight';
import { MessageFooter } from './MessageFooter';
import { knotTicks } from './times';
import { useHeld } from './useHeld';
import type { View } from './useView';

interface Props extends Pick<PanelProps<TimelineOptions>, 'options' | 'width' | 'height' | 'timeZone'> {
  onChangeTimeRange: PanelProps['onChangeTimeRange'];
  fields: StepFields;
  read: ReadSteps;
}

/** Room for the dots at both ends, in pixels. */
const MARGIN = 10;

/** A step has its row to itself, so all of the row is its own. */
const REACH = 1e6;

/** The life of a message: its steps below each other, each as far from the one before as it took. */
export function MessageChart({ fields, read, options, width, height, timeZone, onChangeTimeRange }: Props) {
  const theme = useTheme2();
  const context = usePanelContext();
  const { order, showLabels, showLegend, rowHeight } = options;
  const { steps } = read;
  const lanes = useMemo(
    () =>
      fields.lane
        ? lanesOf(
            steps.filter(({ isQueued }) => !isQueued),
            order
          )
        : waterfallOf(steps, (step) => titleOfStep(step, fields)),
    [fields, steps, order]
  );
  const times = useMemo(() => steps.flatMap(({ start, end }) => [start, end]), [steps]);
  const range = useMemo(
    () => ({
      from: times.reduce((least, time) => Math.min(least, time), Infinity),
      to: times.reduce((most, time) => Math.max(most, time), -Infinity),
    }),
    [times]
  );
  const scaleOf = useCallback(
    ({ from, to }: View, room: number) => steppedScale(times, from, to, room, MARGIN),
    [times]
  );
  const ticksOf = useCallback((scale: Scale) => knotTicks(scale, times, timeZone), [times, timeZone]);
  const painter = useMemo(() => painterOf(fields.step, theme), [fields.step, theme]);
  const paint = useCallback(
    (pen: Pen, sight: Sight<Step>, look: Look) =>
      paintSteps(pen, sight, look, {
        colorOf: ({ row, isQueued }) => (isQueued ? theme.colors.text.secondary : painter(row)),
        labelOf: (step) => (showLabels ? labelOfStep(step, fields, read.messages > 1) : ''),
      }),
    [painter, fields, read.messages, showLabels, theme]
  );
  const keyOf = useCallback(({ span }: PlacedSpan<Step>) => `${span.row} ${span.isQueued}`, []);
  const opened = useHeld(lanes, keyOf);
  const [openedAt, setOpenedAt] = useState<Point>({ x: 0, y: 0 });
  const { isShortened } = steppedScale(times, range.from, range.to, width, MARGIN);
  const isAnyDoubtful = steps.some(({ isDoubtful }) => isDoubtful);
  const below = footerHeight(
    width,
    240 + (isShortened ? 250 : 0) + (isAnyDoubtful ? 320 : 0) + (read.skipped > 0 ? 250 : 0)
  );
  return (
    <>
      <Chart
        {...{ lanes, range, width, rowHeight, paint, ticksOf, scaleOf, keyOf }}
        reach={fields.lane ? LEAST : REACH}
        height={height - below}
        laneName={(name) => name}
        titleOf={({ span }) => titleOfStep(span, fields)}
        factsOf={({ span }) => factsOfStep(span, fields, timeZone)}
        onRange={onChangeTimeRange}
        onOpen={(placed, at) => {
          opened.hold(placed);
          setOpenedAt(at);
        }}
        name={t(
          'timeline.message',
          'Steps of a message; arrows lead from step to step, Enter opens one, plus and minus zoom'
        )}
      />
      {opened.placed && (
        <Card
          key={keyOf(opened.placed)}
          at={openedAt}
          title={titleOfStep(opened.placed.span, fields)}
          facts={factsOfStep(opened.placed.span, fields, timeZone)}
          choices={choicesOf(opened.placed.span, fields, {
            filter: filterAction(options.click, context),
            setRange: onChangeTimeRange,
          })}
          onClose={() => opened.hold(undefined)}
        />
      )}
      <MessageFooter
        {...{ read, fields, height: below, legend: showLegend && fields.lane !== undefined, colorOf: painter }}
        isShortened={isShortened}
      />
    </>
  );
}
