import type { Encoder, Told } from './encode';
import type { Attempt, Message } from './messages';

/** A deferral by a rate limit, from which a row of the block log may follow. */
export interface Limited {
  message: Message;
  attempt: Attempt;
}

/** Rows one after the other in a buffer that grows. */
export class Rows {
  bytes = new Uint8Array(1024);
  length = 0;
  count = 0;

  /** Adds a row. */
  add(encoder: Encoder, message: Message, told: Told): void {
    if (this.length + encoder.longest > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + encoder.longest));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.length = encoder.write(message, told, this.bytes, this.length);
    this.count++;
  }
}

/** What is due in one second. */
export interface Second {
  /** Rows by series. */
  rows: (Rows | undefined)[];
  limited: Limited[];
  /** Numbers that stand for rows that are still to be made. */
  late: number[];
}

/**
 * What is known but not due yet, so that each file comes out in order of time. Rows that are due soon are held as bytes,
 * others as a number from which they can be made again: mail that waits for hours costs next to nothing.
 */
export class Schedule {
  private readonly seconds = new Map<number, Second>();
  private readonly spare: Rows[] = [];
  private latest = -Infinity;

  /** `next` is the first second that can be taken. */
  constructor(private next: number) {}

  /** The second after the last one that rows wait for; not after {@link from} when none wait. */
  get end(): number {
    return this.latest + 1;
  }

  /** The first second that was not taken. */
  get from(): number {
    return this.next;
  }

  /** The rows of a series at a time that has not passed. */
  rows(series: number, time: number): Rows {
    const second = this.at(time);
    return (second.rows[series] ??= this.spare.pop() ?? new Rows());
  }

  /** Notes a deferral by a rate limit. */
  addLimited(limited: Limited): void {
    this.at(limited.attempt.time).limited.push(limited);
  }

  /** Notes rows that are to be made when their time has come. */
  addLate(time: number, late: number): void {
    this.at(time).late.push(late);
  }

  /** Takes the seconds before `end` in order; each is taken once, and open until the next is asked for. */
  *take(end: number): Generator<[time: number, second: Second]> {
    const stop = Math.min(end, this.end);
    for (; this.next < stop; this.next++) {
      const second = this.seconds.get(this.next);
      if (!second) continue;
      yield [this.next, second];
      this.seconds.delete(this.next);
      for (const rows of second.rows) if (rows) this.release(rows);
    }
  }

  private release(rows: Rows): void {
    if (this.spare.length >= 64) return;
    rows.length = 0;
    rows.count = 0;
    this.spare.push(rows);
  }

  private at(time: number): Second {
    let second = this.seconds.get(time);
    if (!second) {
      second = { rows: [], limited: [], late: [] };
      this.seconds.set(time, second);
      if (time > this.latest) this.latest = time;
    }
    return second;
  }
}
