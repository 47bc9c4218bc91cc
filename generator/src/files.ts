import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { csvStyles, headerLine } from './csv';
import type { Series } from './layouts';
import type { Settings } from './options';
import type { Rows } from './schedule';
import { utc } from './stamps';
import type { FileTruth } from './truth';

const BLOCK = 1 << 20;

/** One file under construction. */
class LogFile {
  readonly truth: FileTruth;
  private readonly input: Writable;
  private readonly done: Promise<void>;
  private failure: unknown;

  constructor(folder: string, name: string, series: Series, settings: Settings, first: number) {
    this.truth = { name, type: series.kind, rows: 0, bytes: 0, first, last: first };
    const output = createWriteStream(join(folder, name), { highWaterMark: 4 * BLOCK });
    if (settings.gzip) {
      const gzip = createGzip({ level: 4 });
      this.input = gzip;
      output.once('error', (error) => gzip.destroy(error));
      gzip.pipe(output);
    } else {
      this.input = output;
    }
    this.done = finished(output);
    this.done.catch((error: unknown) => (this.failure = error));
    this.write(Buffer.from(headerLine(series.columns, csvStyles[settings.style]), 'utf8'), () => undefined);
  }

  /** Writes bytes that must not change until `then` is called. */
  write(bytes: Buffer, then: () => void): void {
    this.truth.bytes += bytes.length;
    this.input.write(bytes, then);
  }

  /** Resolves when more may be written. Rejects with what went wrong at any write before. */
  async ready(): Promise<void> {
    if (this.failure === undefined && this.input.writableNeedDrain) {
      await Promise.race([once(this.input, 'drain'), this.done]);
    }
    if (this.failure !== undefined) throw this.failure as Error;
  }

  async close(): Promise<void> {
    this.input.end();
    await this.done;
  }
}

/** A series of files: rows go in, in order of time; the next file begins where the rotation says so. */
export class FileSeries {
  /** The files begun so far. */
  readonly files: FileTruth[] = [];
  private current: LogFile | undefined;
  private segment = 0;
  private block: Buffer = Buffer.allocUnsafeSlow(BLOCK);
  private used = 0;
  private readonly spare: Buffer[] = [];
  private written = false;
  private readonly closing: Promise<void>[] = [];
  private readonly sequence = new Map<string, number>();

  /** `node` is the sub-folder, empty for none. */
  constructor(
    private readonly folder: string,
    private readonly node: string,
    private readonly series: Series,
    private readonly settings: Settings,
  ) {}

  /** Adds the rows of one second. */
  append(rows: Rows, time: number): void {
    const file = this.fileFor(time);
    file.truth.rows += rows.count;
    file.truth.last = time;
    for (let from = 0; from < rows.length; ) {
      const to = Math.min(rows.length, from + BLOCK - this.used);
      this.block.set(rows.bytes.subarray(from, to), this.used);
      this.used += to - from;
      from = to;
      if (this.used === BLOCK) this.flush();
    }
  }

  /** Writes what waits; resolves when the disk has caught up. */
  async drain(): Promise<void> {
    this.written = false;
    await Promise.all(this.closing.splice(0));
    await this.current?.ready();
  }

  /** True when bytes went out since {@link drain}: a good moment to let the disk catch up. */
  get behind(): boolean {
    return this.written;
  }

  /** Ends the series. */
  async close(): Promise<void> {
    this.closeFile();
    await this.drain();
  }

  private fileFor(time: number): LogFile {
    const { rotate, start } = this.settings;
    const segment = rotate.seconds === undefined ? 0 : Math.floor((time - start) / rotate.seconds);
    const size = this.current ? this.current.truth.bytes + this.used : 0;
    if (segment !== this.segment || (rotate.bytes !== undefined && size >= rotate.bytes)) this.closeFile();
    this.segment = segment;
    if (!this.current) {
      this.current = new LogFile(this.folder, this.nextName(time), this.series, this.settings, time);
      this.files.push(this.current.truth);
    }
    return this.current;
  }

  private nextName(time: number): string {
    const day = utc(time).slice(0, 10);
    const number = this.sequence.get(day) ?? 0;
    this.sequence.set(day, number + 1);
    const { prefix, gzip } = this.settings;
    const name = `${this.series.kind}-${day}-${String(number).padStart(4, '0')}.csv`;
    return (this.node && `${this.node}/`) + prefix + name + (gzip ? '.gz' : '');
  }

  private flush(): void {
    if (this.used === 0) return;
    const { block } = this;
    this.current?.write(block.subarray(0, this.used), () => this.spare.push(block));
    this.block = this.spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK);
    this.used = 0;
    this.written = true;
  }

  private closeFile(): void {
    this.flush();
    if (!this.current) return;
    const closed = this.current.close();
    closed.catch(() => undefined);
    this.closing.push(closed);
    this.current = undefined;
    this.written = true;
  }
}
