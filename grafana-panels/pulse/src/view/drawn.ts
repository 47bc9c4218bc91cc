import { colorOf } from '../../../shared/fields/shown';
import type { Clock } from '../board/silence';
import type { Cell } from '../board/types';
import { lastHour, sparkOf } from '../layout/spark';
import { brief, standingText, throughput, written } from './describe';

/** What is seen of a cell, all of it text, so that one that has not changed is not drawn again. */
export interface DrawnCell {
  readonly id: string;
  readonly name: string;
  /** Its state, or why it has none. */
  readonly value: string;
  readonly throughput: string;
  readonly deferral: string;
  readonly latency: string;
  readonly spark: string;
  /** Colour of the state; undefined where it is not judged. */
  readonly color: string | undefined;
  readonly look: 'dark' | 'bad' | 'fine' | 'unjudged';
}

/** A cell as it is drawn. */
export function drawnOf(cell: Cell, clock: Clock | undefined): DrawnCell {
  const { entity, standing, fine } = cell;
  const { state } = entity.readings;
  const judged = standing === 'judged';
  return {
    id: entity.id,
    name: entity.name,
    value: judged ? written(cell, 'state') : standingText(standing),
    throughput: throughput(cell),
    deferral: brief(cell, 'deferral'),
    latency: brief(cell, 'latency'),
    spark: clock ? sparkOf(lastHour(entity.history, clock.newest)) : '',
    color: judged ? colorOf(state?.field, state?.value ?? null) : undefined,
    look: standing === 'dark' ? 'dark' : !judged ? 'unjudged' : fine ? 'fine' : 'bad',
  };
}
