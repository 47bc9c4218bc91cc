import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { clockOf } from './clock';
import { Conditions } from './conditions';
import { FileSeries } from './files';
import { Incidents, standardIncidents } from './incidents';
import { seriesOf, type Series } from './layouts';
import { Lives, type Attempt, type ComplaintKey, type LoggedKey, type Message } from './messages';
import { settingsOf, type FileKind, type LogOptions, type Settings } from './options';
import type { Encoder, Told } from './encode';
import { rowEncoders, shapes, type Shape } from './rows';
import { Schedule, type Second } from './schedule';
import { TruthRecorder, type FileTruth, type Truth } from './truth';
import { domains, vmtas, type Vmta } from './world';

/** What {@link writeLogs} wrote; a file of a node is named by its path, `node/name`. */
export interface Written {
  files: FileTruth[];
  truth: Truth;
}

/**
 * Writes logs into an existing folder and says what is true of them. Streams: memory depends on how much mail waits at
 * a time, not on the number of messages. Rejects with RangeError on senseless options, else with what the disk says.
 */
export async function writeLogs(folder: string, options: LogOptions): Promise<Written> {
  const settings = settingsOf(options);
  for (const node of Object.keys(settings.nodes)) await mkdir(join(folder, node), { recursive: true });
  const writer = new LogWriter(folder, settings, options.incidents);
  return writer.run();
}

const TAIL_SECONDS = 60;
const SOON_SECONDS = 32;
/** Parts of a life: its attempts by position, then these two. */
const COMPLAINT = 6;
const REMOTE = 7;
const PARTS = 8;

interface Target {
  series: number;
  encoder: Encoder;
}

class LogWriter {
  private readonly lives: Lives;
  private readonly truth: TruthRecorder;
  /** A file series per node and kind of file. */
  private readonly outputs: FileSeries[];
  /** Where a VMTA's node begins in the outputs. */
  private readonly outputsOf: readonly number[];
  private readonly schedule: Schedule;
  private readonly targets: Record<Shape, Target[]>;
  private readonly keys: Record<ComplaintKey, LoggedKey>;
  private readonly limitedThisMinute = new Uint8Array(domains.length * vmtas.length);
  private limitedMinute = -1;

  constructor(
    folder: string,
    private readonly settings: Settings,
    plans: LogOptions['incidents'],
  ) {
    const { start, seconds, messages, seed, until, zone, weekend } = settings;
    const incidents = new Incidents(plans ?? standardIncidents(start, seconds));
    const conditions = new Conditions(settings.conditions);
    const curve = conditions.curve(start, seconds, clockOf(zone), weekend);
    this.lives = new Lives(seed, messages, curve, incidents, conditions);
    this.truth = new TruthRecorder(start, until, incidents.plans);
    const series = seriesOf(settings);
    const nodes = Object.keys(settings.nodes);
    const folders = nodes.length === 0 ? [''] : nodes;
    this.outputs = folders.flatMap((node) =>
      series.map((each) => new FileSeries(folder, node, each, settings)),
    );
    this.outputsOf = vmtas.map(({ pool }) => {
      const node = nodes.findIndex((name) => settings.nodes[name]?.includes(pool.name));
      return Math.max(0, node) * series.length;
    });
    this.schedule = new Schedule(start);
    this.targets = targetsOf(series, settings);
    this.keys = keysOf(series);
  }

  async run(): Promise<Written> {
    const { messages, until } = this.settings;
    for (let index = 0; index < messages; index++) {
      const message = this.lives.at(index);
      if (message.queued > until) break;
      if (this.emit(message.queued)) await this.drain();
      this.truth.message(message);
      this.tell(message);
    }
    while (this.schedule.from < this.schedule.end) {
      if (this.emit(this.schedule.from + TAIL_SECONDS)) await this.drain();
    }
    await Promise.all(this.outputs.map((output) => output.close()));
    const files = this.outputs.flatMap((output) => output.files);
    files.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { files, truth: this.truth.result(files) };
  }

  private tell(message: Message): void {
    const { attempts, complaint, remote, queued } = message;
    if (this.settings.received) {
      this.truth.reception();
      this.add('r', message, { time: queued, reason: message.domain.provider.answers.success });
    }
    for (let i = 0; i < attempts.length; i++) this.plan(message, i, (attempts[i] as Attempt).time);
    if (complaint) this.plan(message, COMPLAINT, complaint.time);
    if (remote && this.settings.rb === 'remote') this.plan(message, REMOTE, remote.time);
  }

  /** Tells a part of a life now if it is due soon, else when it is. */
  private plan(message: Message, part: number, time: number): void {
    if (time > this.settings.until) return;
    if (time > message.queued + SOON_SECONDS) this.schedule.addLate(time, message.index * PARTS + part);
    else this.tellPart(message, part);
  }

  private tellPart(message: Message, part: number): void {
    const { attempts, complaint, remote } = message;
    const attempt = attempts[part];
    if (attempt) {
      this.tellAttempt(message, attempt);
    } else if (part === COMPLAINT && complaint) {
      this.truth.complaint(message, complaint.time, this.keys[complaint.key]);
      this.add(`f ${complaint.key}`, message, {
        time: complaint.time,
        reason: message.domain.provider.answers.success,
      });
    } else if (part === REMOTE && remote) {
      this.truth.block(message, remote.time, true);
      this.add('rb remote', message, remote);
    }
  }

  private tellAttempt(message: Message, attempt: Attempt): void {
    const { type, time, reason } = attempt;
    this.add(attemptShape(attempt), message, attempt);
    if (type === 'd' || this.settings.rb === 'remote') return;
    if (reason.limited) this.schedule.addLimited({ message, attempt });
    if (type === 'b' && (reason.category === 'spam-related' || reason.category === 'policy-related')) {
      this.truth.block(message, time, false);
      this.add('rb message', message, attempt);
    }
  }

  private add(shape: Shape, message: Message, told: Told): void {
    for (const { series, encoder } of this.targets[shape]) {
      this.schedule.rows(this.output(series, message.vmta), told.time).add(encoder, message, told);
    }
  }

  private output(series: number, vmta: Vmta): number {
    return (this.outputsOf[vmta.index] as number) + series;
  }

  /** Hands over the seconds before `end`; true when it is time to let the disk catch up. */
  private emit(end: number): boolean {
    for (const [time, second] of this.schedule.take(end)) {
      for (const late of second.late) {
        this.tellPart(this.lives.at(Math.floor(late / PARTS)), late % PARTS);
      }
      this.blockQueues(time, second);
      this.outputs.forEach((output, series) => {
        const rows = second.rows[series];
        if (rows) output.append(rows, time);
      });
    }
    return this.outputs.some((output) => output.behind);
  }

  /** The block log holds one row per minute for a queue (domain and VMTA) that was rate limited. */
  private blockQueues(time: number, second: Second): void {
    const minute = Math.floor(time / 60);
    if (minute !== this.limitedMinute) this.limitedThisMinute.fill(0);
    this.limitedMinute = minute;
    for (const { message, attempt } of second.limited) {
      const queue = message.domain.index * vmtas.length + message.vmta.index;
      if (this.limitedThisMinute[queue] === 1) continue;
      this.limitedThisMinute[queue] = 1;
      this.truth.queueBlock(message.domain, message.vmta, time);
      for (const { series, encoder } of this.targets['rb queue']) {
        this.schedule.rows(this.output(series, message.vmta), time).add(encoder, message, attempt);
      }
    }
  }

  private async drain(): Promise<void> {
    for (const output of this.outputs) await output.drain();
  }
}

/** Which file kinds hold a shape. */
function kindsOf(shape: Shape, { layout, received }: Settings): FileKind[] {
  if (layout === 'mixed') return shape === 'r' && !received ? [] : ['acct'];
  const tran: FileKind[] = layout === 'seed' ? ['tran'] : [];
  switch (shape) {
    case 'd':
      return ['acct', ...tran];
    case 'b':
    case 'b unrouted':
      return ['acct', 'bounce', ...tran];
    case 't':
    case 't silent':
      return ['tran'];
    case 'r':
      return received ? ['received'] : [];
    case 'rb message':
    case 'rb queue':
    case 'rb remote':
      return ['rb'];
    case 'f messageId':
    case 'f jobId+rcpt':
    case 'f customHeader':
    case 'f rcpt+time':
      return ['fbl'];
  }
}

function attemptShape({ type, reason }: Attempt): Shape {
  if (type === 'b' && reason.unrouted) return 'b unrouted';
  if (type === 't' && reason.text === '') return 't silent';
  return type;
}

function targetsOf(series: readonly Series[], settings: Settings): Record<Shape, Target[]> {
  const encoderOf = rowEncoders(settings);
  const targets = shapes.map((shape) => [
    shape,
    kindsOf(shape, settings).map((kind) => {
      const position = series.findIndex((each) => each.kind === kind);
      return { series: position, encoder: encoderOf(shape, (series[position] as Series).columns) };
    }),
  ]);
  return Object.fromEntries(targets) as Record<Shape, Target[]>;
}

/** The best key that is left to a complaint of each kind where columns are not logged. */
function keysOf(series: readonly Series[]): Record<ComplaintKey, LoggedKey> {
  const logged = (kind: FileKind, column: string): boolean =>
    (series.find((each) => each.kind === kind) ?? series[0])?.columns.includes(column) ?? false;
  const both = (column: string): boolean => logged('acct', column) && logged('fbl', column);
  const byJob = logged('acct', 'jobId') && logged('fbl', 'header_X-job');
  const addressed = byJob ? 'jobId+rcpt' : 'rcpt+time';
  return {
    messageId: both('header_Message-Id') ? 'messageId' : addressed,
    'jobId+rcpt': addressed,
    customHeader: both('header_X-Mailer-RecptId') ? 'customHeader' : 'none',
    'rcpt+time': 'rcpt+time',
  };
}
