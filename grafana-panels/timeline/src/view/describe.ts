import { getFieldDisplayName, type Field } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { t } from '../../../shared/texts';
import { textAt } from '../../../shared/fields/find';
import { shown, type Fact } from '../../../shared/fields/shown';
import { laneAt } from '../spans/read';
import type { Span, SpanFields } from '../spans/types';
import { lastedText, timeText } from './times';

/** What a span is called: its sentence, else its label and its lane. */
export function titleOf({ row }: Span, fields: SpanFields): string {
  const sentence = textAt(fields.sentence, row);
  return sentence || [textAt(fields.label, row), laneAt(fields, row)].filter((text) => text !== '').join(', ');
}

/** What is known of a span: when it was, and every field of its row that says something. */
export function factsOf(
  span: Span,
  fields: SpanFields,
  timeZone: TimeZone,
  without: ReadonlyArray<Field | undefined> = []
): Fact[] {
  const { frame, start, end, sentence, id, link } = fields;
  const told = [start, end, sentence, id, link, ...without];
  const others = frame.fields.filter((field) => !told.includes(field) && says(field, span.row));
  return [
    { label: getFieldDisplayName(start, frame), value: timeText(span.start, timeZone) },
    ...(end || span.open ? untilFacts(span, fields, timeZone) : []),
    ...others.map((field) => ({
      label: getFieldDisplayName(field, frame),
      value: shown(field, field.values[span.row]),
    })),
  ];
}

function untilFacts({ start, end, open }: Span, { frame, end: field }: SpanFields, timeZone: TimeZone): Fact[] {
  const label = field ? getFieldDisplayName(field, frame) : t('timeline.end', 'end');
  return [
    { label, value: open ? t('timeline.goes-on', 'goes on') : timeText(end, timeZone) },
    { label: t('timeline.lasted', 'lasted'), value: lastedText(end - start) },
  ];
}

/** Whether a field says something of a row: a flag that is not set says nothing. */
export function says(field: Field, row: number): boolean {
  const value: unknown = field.values[row];
  // Such as the list of what stands behind an incident: no text for people.
  const isNested = typeof value === 'object' && value !== null;
  const flag = field.name === 'historical' && value === 0;
  return (
    value !== null &&
    value !== undefined &&
    value !== '' &&
    !isNested &&
    !flag &&
    field.config.custom?.hideFrom?.tooltip !== true
  );
}
