import type { PanelProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import React, { useMemo } from 'react';
import { NoRows } from '../../../shared/states/NoRows';
import { PanelState } from '../../../shared/states/PanelState';
import type { TimelineOptions } from '../options';
import { chooseSpans } from '../spans/choose';
import { readSpans } from '../spans/read';
import { SpanChart } from './SpanChart';

/** The panel: finds its fields in the data and draws them, or says why it cannot. */
export function TimelinePanel(props: PanelProps<TimelineOptions>) {
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
      <PanelState
        icon="exclamation-triangle"
        role="alert"
        message={t('timeline.missing', 'The data has no field for: {{fields}}', {
          fields: 'missing' in choice ? choice.missing.join(', ') : '',
        })}
        hint={t(
          'timeline.missing-hint',
          'A query of type Incidents has them all; of other data, choose a time field for the start in the options.'
        )}
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
  return <SpanChart {...props} fields={choice.fields} read={read} now={now} />;
}
