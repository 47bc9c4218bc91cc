import type { DataFrame, PanelProps } from '@grafana/data';
import { t } from '../../../shared/texts';
import React, { useMemo } from 'react';
import { NoRows } from '../../../shared/states/NoRows';
import { sourceOf } from '../../../shared/source';
import { PanelState } from '../../../shared/states/PanelState';
import { hasSteps } from '../message/choose';
import type { TimelineOptions } from '../options';
import { chooseSpans } from '../spans/choose';
import { readSpans } from '../spans/read';
import { MessagePanel } from './MessagePanel';
import { MissingFields } from './MissingFields';
import { SpanChart } from './SpanChart';

/** The panel: what lasted in lanes, or the life of a message, as the options or else the data say. */
export function TimelinePanel(props: PanelProps<TimelineOptions>) {
  const isMessage = isOfMessage(props.options, props.data.series);
  return isMessage ? <MessagePanel {...props} /> : <SpanPanel {...props} />;
}

function isOfMessage({ mode }: TimelineOptions, frames: readonly DataFrame[]): boolean {
  const filled = frames.filter(({ length }) => length > 0);
  return mode === 'message' || (mode === 'auto' && (filled.length > 0 ? filled : frames).some(hasSteps));
}

/** What lasted, or why it cannot be drawn. */
function SpanPanel(props: PanelProps<TimelineOptions>) {
  const { data, options } = props;
  const choice = useMemo(() => chooseSpans(data.series, options), [data.series, options]);
  // What goes on lasts until the question was asked: it is drawn longer with the next answer.
  const now = data.request?.startTime ?? data.timeRange.to.valueOf();
  const read = useMemo(() => ('fields' in choice ? readSpans(choice.fields, now) : undefined), [choice, now]);
  if ('empty' in choice) {
    return <NoRows data={data} hint={t('timeline.empty-hint', 'Nothing of this happened in this time.')} />;
  }
  if ('missing' in choice || !read) {
    return (
      <MissingFields
        names={'missing' in choice ? choice.missing : []}
        question={t('timeline.incidents', 'Incidents')}
      />
    );
  }
  if (read.spans.length === 0) {
    return (
      <PanelState
        icon="exclamation-triangle"
        message={t('timeline.no-span', 'No row can be drawn: each needs a start, and an end that is not before it')}
      />
    );
  }
  return <SpanChart {...props} fields={choice.fields} read={read} now={now} source={sourceOf(data)} />;
}
