import { clockOf } from './clock';
import type { Settings } from './options';

/** Epoch seconds as `2026-09-15 00:00:50` in UTC. */
export function utc(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** Writes a time (epoch seconds) at a position of a buffer; returns where it ends. */
export type StampWriter = (time: number, out: Uint8Array, at: number) => number;

/** Writes times in the wanted form, by the clock of the zone. */
export function stampWriter({ time: format, zone }: Pick<Settings, 'time' | 'zone'>): StampWriter {
  if (format === 'epoch') return decimal;
  const offsetAt = clockOf(zone);
  const sample = Buffer.from(`${utc(0)}${format === 'iso' ? '+0000' : ''}`);
  let day = 0;
  let offset = 0;
  return (time, out, at) => {
    const ahead = offsetAt(time);
    if (ahead !== offset) {
      offset = ahead;
      if (format === 'iso') sample.write(offsetText(offset), 'YYYY-MM-DD hh:mm:ss'.length, 'latin1');
    }
    const local = time + offset;
    const today = Math.floor(local / 86400);
    if (today !== day) {
      day = today;
      sample.write(utc(local), 'latin1');
    }
    for (let i = 0; i < sample.length; i++) out[at + i] = sample[i] as number;
    const second = local - today * 86400;
    twoDigits((second / 3600) | 0, out, at + 11);
    twoDigits(((second / 60) | 0) % 60, out, at + 14);
    twoDigits(second % 60, out, at + 17);
    return at + sample.length;
  };
}

/** Seconds ahead of UTC as `+0530`. */
function offsetText(seconds: number): string {
  const minutes = Math.abs(seconds) / 60;
  const text = String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0');
  return (seconds < 0 ? '-' : '+') + text;
}

/** Writes a whole number >= 0 in digits; returns where it ends. */
export function decimal(value: number, out: Uint8Array, at: number): number {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    const shorter = Math.floor(rest / 10);
    out[i] = 48 + rest - shorter * 10;
    rest = shorter;
  }
  return end;
}

function twoDigits(value: number, out: Uint8Array, at: number): void {
  const tens = (value / 10) | 0;
  out[at] = 48 + tens;
  out[at + 1] = 48 + value - tens * 10;
}
