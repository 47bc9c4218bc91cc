import { dateTimeForTimeZone, dateTimeFormat, systemDateFormats } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { t } from '../../../shared/texts';
import { ticksOf, type Scale, type Tick } from '../layout/scale';

/** A time, whole. */
export function timeText(time: number, timeZone: TimeZone): string {
  return dateTimeFormat(time, { timeZone });
}

/** Room for the text of a time to the minute, and to the second, at the edges too; in pixels. */
const [TICK_ROOM, KNOT_ROOM] = [125, 150];

/** Round times of a scale on which a second is as wide everywhere, as they are written. */
export function linearTicks(scale: Scale, timeZone: TimeZone) {
  const offset = (time: number) => dateTimeForTimeZone(timeZone, time).utcOffset();
  return ticksOf(scale, TICK_ROOM, offset).map((tick) => ({ x: tick.x, text: tickText(tick, timeZone) }));
}

/** Times at which something happened, as far as they have room beside each other; the day is told where it changes. */
export function knotTicks(scale: Scale, times: readonly number[], timeZone: TimeZone) {
  const { interval } = systemDateFormats;
  const ticks: Array<{ x: number; text: string }> = [];
  let [day, last] = ['', -Infinity];
  for (const time of [...new Set(times)].sort((a, b) => a - b)) {
    const x = scale.x(time);
    if (x >= last + KNOT_ROOM && x <= scale.width) {
      const [date, clock] = [interval.day, interval.second].map((format) => dateTimeFormat(time, { timeZone, format }));
      ticks.push({ x, text: date === day ? `${clock}` : `${date} ${clock}` });
      [day, last] = [date ?? '', x];
    }
  }
  return ticks;
}

/** A tick, as exactly as its neighbours are apart. */
function tickText({ time, step }: Tick, timeZone: TimeZone): string {
  const { interval } = systemDateFormats;
  const formats: Array<[number, string]> = [
    [60_000, interval.second],
    [3_600_000, interval.minute],
    [86_400_000, interval.hour],
  ];
  const format = formats.find(([below]) => step < below)?.[1] ?? interval.day;
  return dateTimeFormat(time, { timeZone, format });
}

/** How long something took, in its two largest units: `4 s`, `2 h 5 min`, `30 d`. Milliseconds. */
export function lastedText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const parts: Array<[number, (count: number) => string]> = [
    [Math.floor(seconds / 86_400), (count) => t('timeline.days', '{{count}} d', { count })],
    [Math.floor(seconds / 3600) % 24, (count) => t('timeline.hours', '{{count}} h', { count })],
    [Math.floor(seconds / 60) % 60, (count) => t('timeline.minutes', '{{count}} min', { count })],
    [seconds % 60, (count) => t('timeline.seconds', '{{count}} s', { count })],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first === -1 ? 3 : first, (first === -1 ? 3 : first) + 2)
    .filter(([count], i) => i === 0 || count > 0)
    .map(([count, text]) => text(count))
    .join(' ');
}
