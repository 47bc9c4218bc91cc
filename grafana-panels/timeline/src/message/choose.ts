import { FieldType, type DataFrame } from '@grafana/data';
import { findField, type Wanted } from '../../../shared/fields/find';
import { ABOUT, wantedFields, type TimelineOptions } from '../options';
import type { StepFields } from './types';

const TEXT = [FieldType.string];
const NUMBER = [FieldType.number];

const STEP: Wanted = { role: 'step', names: ['step'], types: TEXT };
const TIME: Wanted = { role: 'time', names: ['time'], types: [FieldType.time] };

/** Whether a frame tells of the steps of messages. */
export function hasSteps(frame: DataFrame): boolean {
  return findField(frame, STEP) !== undefined && findField(frame, TIME) !== undefined;
}

/** What is needed of a frame of steps, or the roles for which no frame has a field. */
export type StepChoice =
  | { readonly steps: StepFields }
  | { readonly missing: readonly string[] }
  | { readonly empty: true };

/** Takes the first frame with rows that tells of the steps of messages. */
export function chooseSteps(frames: readonly DataFrame[], options: TimelineOptions): StepChoice {
  const filled = frames.filter(({ length }) => length > 0);
  const frame = filled.find(hasSteps) ?? filled[0];
  if (!frame) {
    return { empty: true };
  }
  const [step, time] = [findField(frame, STEP), findField(frame, TIME)];
  const wanted = wantedFields(options).lane;
  const lane = findField(frame, wanted);
  if (!step || !time || (wanted.chosen !== '' && !lane)) {
    return {
      missing: [
        ...(step ? [] : ['step']),
        ...(time ? [] : ['time']),
        ...(wanted.chosen && !lane ? [wanted.chosen] : []),
      ],
    };
  }
  const named = (name: string, types = TEXT) => findField(frame, { role: name, names: [name], types });
  return {
    steps: {
      frame,
      step,
      time,
      lane,
      seconds: named('seconds', NUMBER),
      relation: named('relation'),
      confidence: named('confidence', NUMBER),
      messageId: named('messageId'),
      recipient: named('recipient'),
      answer: named('diag'),
      about: ABOUT.flatMap((name) => named(name) ?? []),
    },
  };
}
