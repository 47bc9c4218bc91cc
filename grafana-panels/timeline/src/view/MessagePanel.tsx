import type { PanelProps } from '@grafana/data';
import { t } from '../../../shared/texts';
import React, { useMemo } from 'react';
import { NoRows } from '../../../shared/states/NoRows';
import { PanelState } from '../../../shared/states/PanelState';
import { chooseSteps } from '../message/choose';
import { readSteps } from '../message/read';
import type { TimelineOptions } from '../options';
import { MessageChart } from './MessageChart';
import { MissingFields } from './MissingFields';

/** The life of one message, or why it cannot be drawn. */
export function MessagePanel(props: PanelProps<TimelineOptions>) {
  const { data, options } = props;
  const choice = useMemo(() => chooseSteps(data.series, options), [data.series, options]);
  const read = useMemo(() => ('steps' in choice ? readSteps(choice.steps) : undefined), [choice]);
  if ('empty' in choice) {
    return <NoRows data={data} hint={t('timeline.no-message', 'No such message was found.')} />;
  }
  if ('missing' in choice || !read) {
    return <MissingFields names={'missing' in choice ? choice.missing : []} question={t('timeline.trace', 'Trace')} />;
  }
  if (read.steps.length === 0) {
    return (
      <PanelState
        icon="exclamation-triangle"
        message={t('timeline.no-step', 'No row can be drawn: each needs a time')}
      />
    );
  }
  return <MessageChart {...props} fields={choice.steps} read={read} />;
}
