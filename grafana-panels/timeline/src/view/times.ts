import { dateTimeForTimeZone, dateTimeFormat, systemDateFormats } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { t } from '@grafana/i18n';
import type { Tick } from '../layout/scale';

/** A time, whole. */
export function timeText(time: number, timeZone: TimeZone): string {
  return dateTimeFormat(time, { timeZone });
}

/** A tick, as exactly as its neighbours are apart. */
export function tickText({ time, step }: Tick, timeZone: TimeZone): string {
  const { interval } = systemDateFormats;
  const format =
    step < 60_000
      ? interval.second
      : step < 3_600_000
        ? interval.minute
        : step < 86_400_000
          ? interval.hour
          : interval.day;
  return dateTimeFormat(time, { timeZone, format });
}

/** Minutes from UTC of a zone at a time. */
export function offsetOf(timeZone: TimeZone): (time: number) => number {
  return (time) => dateTimeForTimeZone(timeZone, time).utcOffset();
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
