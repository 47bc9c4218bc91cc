import type { TimeZone } from '@grafana/schema';
import { colorOf } from '../../../shared/fields/shown';
import type { Clock } from '../board/silence';
import type { Cell } from '../board/types';
import { lastHour, sparkOf } from '../layout/spark';
import type { Detail } from '../options';
import { brief, perMinute, standingMeaning, standingText, throughput, written } from './describe';

/** What is seen and heard of a cell, all of it text, so that one that has not changed is not drawn again. */
export interface DrawnCell {
  readonly id: string;
  readonly name: string;
  /** Its state, or why it has none. */
  readonly value: string;
  readonly throughput: string;
  readonly deferral: string;
  readonly latency: string;
  readonly label: string;
  /** Empty where there is nothing to draw, or no room for it. */
  readonly spark: string;
  /** Colour of the state; undefined where it is not judged. */
  readonly color: string | undefined;
  readonly look: 'dark' | 'bad' | 'fine' | 'unjudged';
}

/** What cells are drawn by. */
interface Ways {
  readonly clock: Clock | undefined;
  readonly detail: Detail;
  readonly minVolume: number;
  readonly timeZone: TimeZone;
}

/** How cells are drawn. */
export function drawerOf({ clock, detail, minVolume, timeZone }: Ways): (cell: Cell) => DrawnCell {
  const a = perMinute();
  return (cell) => {
    const { entity, standing, fine } = cell;
    const { id, name, readings, history } = entity;
    const judged = standing === 'judged';
    const value = judged ? written(cell, 'state') : standingText(standing);
    const facts = [throughput(cell, a), brief(cell, 'deferral'), brief(cell, 'latency')] as const;
    // It begins with what is seen, so that people who speak to the page can name it.
    const seen = [name, value, ...facts].filter((part) => part !== '').join(' ');
    const meaning = judged ? '' : standingMeaning(cell, minVolume, timeZone);
    return {
      id,
      name,
      value,
      throughput: facts[0],
      deferral: facts[1],
      latency: facts[2],
      label: meaning === '' ? seen : `${seen}, ${meaning}`,
      spark: clock && detail !== 'small' ? sparkOf(lastHour(history, clock.newest)) : '',
      color: judged ? colorOf(readings.state?.field, readings.state?.value ?? null) : undefined,
      look: standing === 'dark' ? 'dark' : !judged ? 'unjudged' : fine ? 'fine' : 'bad',
    };
  };
}

/** Whether two drawings of a cell are the same. */
export function isSame(a: DrawnCell, b: DrawnCell): boolean {
  return (Object.keys(a) as Array<keyof DrawnCell>).every((key) => a[key] === b[key]);
}
