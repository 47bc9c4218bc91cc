import { FieldType, type DataFrame } from '@grafana/data';
import { findField } from '../../../shared/fields/find';
import { ABOUT, wantedFields, type TimelineOptions } from '../options';
import type { SpanFields } from './types';

/** The fields to draw, or the roles for which no frame has one. */
export type Choice =
  | { readonly fields: SpanFields }
  | { readonly missing: readonly string[] }
  | { readonly empty: true };

/** Takes the first frame that has what lanes need. Frames without rows are passed over as long as there are others. */
export function chooseSpans(frames: readonly DataFrame[], options: TimelineOptions): Choice {
  const filled = frames.filter(({ length }) => length > 0);
  if (filled.length === 0) {
    return { empty: true };
  }
  const lacks = filled.map((frame) => lackOf(frame, options));
  const best = lacks.reduce((least, { length }, i) => (length < (lacks[least]?.length ?? 0) ? i : least), 0);
  const [frame, missing] = [filled[best], lacks[best]];
  return frame && missing?.length === 0 ? { fields: fieldsOf(frame, options) } : { missing: missing ?? [] };
}

function lackOf(frame: DataFrame, options: TimelineOptions): string[] {
  const wanted = wantedFields(options);
  // What was chosen by name must be there: a panel that takes another field in its place would show something else.
  const needed = [wanted.start, wanted.end, wanted.lane, wanted.label, wanted.color].filter(
    ({ role, chosen }) => role === 'start' || chosen !== ''
  );
  return needed.filter((want) => !findField(frame, want)).map(({ role, chosen }) => chosen || role);
}

function fieldsOf(frame: DataFrame, options: TimelineOptions): SpanFields {
  const wanted = wantedFields(options);
  const [start] = [findField(frame, wanted.start)];
  const end = findField(frame, wanted.end);
  const about = ABOUT.flatMap((name) => frame.fields.filter((field) => field.name === name && isText(field.type)));
  const texts = frame.fields.filter(({ type }) => isText(type));
  return {
    frame,
    start: start as SpanFields['start'],
    end: end === start ? undefined : end,
    state: findField(frame, wanted.state),
    lane: findField(frame, wanted.lane),
    about: about.length > 0 ? about : texts.slice(0, 1),
    label: findField(frame, wanted.label),
    color: findField(frame, wanted.color),
    sentence: findField(frame, wanted.sentence),
    id: findField(frame, wanted.id),
    ackBy: findField(frame, wanted.ackBy),
    note: findField(frame, wanted.note),
    link: findField(frame, wanted.link),
  };
}

function isText(type: FieldType): boolean {
  return type === FieldType.string;
}
