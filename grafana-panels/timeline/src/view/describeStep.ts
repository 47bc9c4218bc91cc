import { getFieldDisplayName } from '@grafana/data';
import { t } from '../../../shared/texts';
import type { TimeZone } from '@grafana/schema';
import { textAt } from '../../../shared/fields/find';
import { shown, type Fact } from '../../../shared/fields/shown';
import type { Step, StepFields } from '../message/types';
import { says } from './describe';
import { lastedText, timeText } from './times';

/** What a step is called. */
export function titleOfStep(step: Step, { step: field }: StepFields): string {
  return step.isQueued ? t('timeline.queued', 'queued') : shown(field, field.values[step.row]);
}

/**
 * What stands beside a step: how long after the one before, and what the other server said; beside the first one of several
 * messages, whose it was.
 */
export function labelOfStep(step: Step, { answer, recipient }: StepFields, areSeveral: boolean): string {
  if (step.isQueued) {
    return areSeveral ? textAt(recipient, step.row) : '';
  }
  const after =
    step.since === null ? '' : t('timeline.after', '+{{lasted}}', { lasted: lastedText(step.end - step.since) });
  return [after, textAt(answer, step.row)].filter((text) => text !== '').join('  ');
}

/** What is known of a step: when it was and how long after the one before, and every field of its row that says something. */
export function factsOfStep(step: Step, fields: StepFields, timeZone: TimeZone): Fact[] {
  const { frame, time, step: name, seconds } = fields;
  const told = [time, name, seconds];
  const others = step.isQueued ? [] : frame.fields.filter((field) => !told.includes(field) && says(field, step.row));
  return [
    { label: getFieldDisplayName(time, frame), value: timeText(step.end, timeZone) },
    ...(step.since === null
      ? []
      : [{ label: t('timeline.since', 'after the step before'), value: lastedText(step.end - step.since) }]),
    ...others.map((field) => ({
      label: getFieldDisplayName(field, frame),
      value: shown(field, field.values[step.row]),
    })),
  ];
}
