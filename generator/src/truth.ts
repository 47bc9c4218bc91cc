import { Counts, latencyTruth, metrics, noFigures, Table, type Figures, type LatencyTruth } from './counts';
import type { IncidentPlan } from './incidents';
import { IncidentRecorder, type IncidentTruth } from './incidentTruth';
import type { Attempt, LoggedKey, Message } from './messages';
import type { FileKind } from './options';
import { isHard, type Reason } from './reasons';
import { domains, jobs, pools, providers, senders, vmtas, type Domain, type Vmta } from './world';

/** One written file. */
export interface FileTruth {
  name: string;
  type: FileKind;
  rows: number;
  /** Before compression. */
  bytes: number;
  /** Epoch seconds of the first and last row. */
  first: number;
  last: number;
}

/** What is true of a set of logs, whichever way they were written. Times are epoch seconds. */
export interface Truth {
  files: FileTruth[];
  rows_by_type: Partial<Record<FileKind, number>>;
  rows_total: number;
  /** Events by record type. */
  records: { d: number; b: number; t: number; f: number; rb: number; r: number };
  messages: Figures;
  /** Messages without a final outcome. */
  in_queue_at_end: number;
  remote_bounced_after_delivery: number;
  rb_queue_level_rows: number;
  by_isp: Record<string, Figures>;
  by_domain: Record<string, Figures>;
  by_vmta: Record<string, Figures>;
  by_pool: Record<string, Figures>;
  by_job: Record<string, Figures>;
  by_sender_domain: Record<string, Figures>;
  by_bounce_category: Record<string, { count: number; hard: boolean }>;
  by_domain_vmta: Record<string, Figures>;
  /** Counters by minute of the event from `start` on; backlog at the end of each minute. */
  minute: {
    start: number;
    delivered: number[];
    bounced: number[];
    deferrals: number[];
    complaints: number[];
    rb: number[];
    backlog: number[];
    deferred_backlog: number[];
  };
  latency: { all: LatencyTruth; by_isp: Record<string, LatencyTruth> };
  /** Complaints by the best key their row carries. */
  fbl_correlation: Record<LoggedKey, number>;
  incidents: IncidentTruth[];
}

/** Counts events as they are made. Events after `until` have not happened. */
export class TruthRecorder {
  private readonly all = new Table(['all']);
  private readonly byProvider = new Table(providers.map(({ name }) => name));
  private readonly byDomain = new Table(domains.map(({ name }) => name));
  private readonly byVmta = new Table(vmtas.map(({ name }) => name));
  private readonly byPool = new Table(pools.map(({ name }) => name));
  private readonly byJob = new Table(jobs.map(({ id }) => id));
  private readonly bySender = new Table(senders.map(({ domain }) => domain));
  private readonly byPath = new Table(
    domains.flatMap(({ name }) => vmtas.map((vmta) => `${name}|${vmta.name}`)),
  );
  private readonly categories = new Map<string, number>();
  private readonly minutes = {
    delivered: new Counts(),
    bounced: new Counts(),
    deferrals: new Counts(),
    complaints: new Counts(),
    rb: new Counts(),
  };
  private readonly backlogSteps = new Counts();
  private readonly deferredSteps = new Counts();
  private readonly latency = new Counts();
  private readonly latencyByProvider = providers.map(() => new Counts());
  private readonly keys: Record<LoggedKey, number> = {
    messageId: 0,
    'jobId+rcpt': 0,
    customHeader: 0,
    'rcpt+time': 0,
    none: 0,
  };
  private readonly incidents: IncidentRecorder;
  private readonly firstMinute: number;
  private queueBlocks = 0;
  private remote = 0;
  private received = 0;

  constructor(
    start: number,
    private readonly until: number,
    plans: readonly IncidentPlan[],
  ) {
    this.firstMinute = Math.floor(start / 60);
    this.incidents = new IncidentRecorder(plans, until);
  }

  /** Counts a message that was injected by `until`, with its attempts. */
  message(message: Message): void {
    this.add(message, metrics.injected);
    this.backlogSteps.add(this.minuteOf(message.queued));
    let deferred = false;
    for (const attempt of message.attempts) {
      if (attempt.time > this.until) break;
      if (attempt.type === 't') {
        this.add(message, metrics.deferrals);
        this.minutes.deferrals.add(this.minuteOf(attempt.time));
        if (!deferred) {
          this.add(message, metrics.deferred_messages);
          this.deferredSteps.add(this.minuteOf(attempt.time));
        }
        deferred = true;
      } else {
        this.final(message, attempt);
        const minute = this.minuteOf(attempt.time);
        this.backlogSteps.add(minute, -1);
        if (deferred) this.deferredSteps.add(minute, -1);
      }
    }
    this.incidents.message(message);
  }

  /** Counts a message's complaint, with the best key that its row carries. */
  complaint(message: Message, time: number, key: LoggedKey): void {
    this.add(message, metrics.complaints);
    this.minutes.complaints.add(this.minuteOf(time));
    this.keys[key]++;
    this.incidents.complaint(message, time);
  }

  /** Counts an rb row that stands for one message. */
  block(message: Message, time: number, remote: boolean): void {
    this.add(message, metrics.rb);
    this.minutes.rb.add(this.minuteOf(time));
    if (remote) this.remote++;
  }

  /** Counts an rb row of a queue: it has no job and no sender. */
  queueBlock(domain: Domain, vmta: Vmta, time: number): void {
    this.addPath(domain, vmta, metrics.rb);
    this.minutes.rb.add(this.minuteOf(time));
    this.queueBlocks++;
  }

  /** Counts an r row. */
  reception(): void {
    this.received++;
  }

  /** The figures so far, beside the files that were written. */
  result(files: FileTruth[]): Truth {
    const totals = this.all.toObject().all ?? noFigures();
    const rows: Partial<Record<FileKind, number>> = {};
    for (const file of files) rows[file.type] = (rows[file.type] ?? 0) + file.rows;
    return {
      files,
      rows_by_type: rows,
      rows_total: files.reduce((sum, file) => sum + file.rows, 0),
      records: {
        d: totals.delivered,
        b: totals.bounced,
        t: totals.deferrals,
        f: totals.complaints,
        rb: totals.rb,
        r: this.received,
      },
      messages: totals,
      in_queue_at_end: totals.injected - totals.delivered - totals.bounced,
      remote_bounced_after_delivery: this.remote,
      rb_queue_level_rows: this.queueBlocks,
      by_isp: this.byProvider.toObject(),
      by_domain: this.byDomain.toObject(),
      by_vmta: this.byVmta.toObject(),
      by_pool: this.byPool.toObject(),
      by_job: this.byJob.toObject(),
      by_sender_domain: this.bySender.toObject(),
      by_bounce_category: Object.fromEntries(
        [...this.categories].map(([category, count]) => [category, { count, hard: isHard(category) }]),
      ),
      by_domain_vmta: this.byPath.toObject(),
      minute: this.minuteTruth(),
      latency: {
        all: latencyTruth(this.latency),
        by_isp: Object.fromEntries(
          providers.map(({ name, index }) => [name, latencyTruth(this.latencyByProvider[index] as Counts)]),
        ),
      },
      fbl_correlation: { ...this.keys },
      incidents: this.incidents.result(),
    };
  }

  private final(message: Message, { type, time, reason }: Attempt): void {
    const minute = this.minuteOf(time);
    if (type === 'd') {
      this.add(message, metrics.delivered);
      this.minutes.delivered.add(minute);
      this.latency.add(time - message.queued);
      (this.latencyByProvider[message.domain.provider.index] as Counts).add(time - message.queued);
    } else {
      this.add(message, metrics.bounced);
      this.add(message, isHard(reason.category) ? metrics.hard : metrics.soft);
      this.minutes.bounced.add(minute);
      this.countCategory(reason);
    }
  }

  private countCategory({ category }: Reason): void {
    this.categories.set(category, (this.categories.get(category) ?? 0) + 1);
  }

  private add(message: Message, metric: number): void {
    this.addPath(message.domain, message.vmta, metric);
    this.byJob.add(message.job.index, metric);
    this.bySender.add(message.job.sender.index, metric);
  }

  private addPath(domain: Domain, vmta: Vmta, metric: number): void {
    this.all.add(0, metric);
    this.byProvider.add(domain.provider.index, metric);
    this.byDomain.add(domain.index, metric);
    this.byVmta.add(vmta.index, metric);
    this.byPool.add(vmta.pool.index, metric);
    this.byPath.add(domain.index * vmtas.length + vmta.index, metric);
  }

  private minuteOf(time: number): number {
    return Math.floor(time / 60) - this.firstMinute;
  }

  private minuteTruth(): Truth['minute'] {
    const counted = Object.values(this.minutes);
    const length = Math.max(this.backlogSteps.length, ...counted.map((counts) => counts.length));
    const running = (steps: Counts): number[] => {
      let sum = 0;
      return steps.toArray(length).map((step) => (sum += step));
    };
    return {
      start: this.firstMinute * 60,
      delivered: this.minutes.delivered.toArray(length),
      bounced: this.minutes.bounced.toArray(length),
      deferrals: this.minutes.deferrals.toArray(length),
      complaints: this.minutes.complaints.toArray(length),
      rb: this.minutes.rb.toArray(length),
      backlog: running(this.backlogSteps),
      deferred_backlog: running(this.deferredSteps),
    };
  }
}
