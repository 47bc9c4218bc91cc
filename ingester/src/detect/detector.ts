import { BACKFILL, ownersOf } from '../model';
import { backfillsOf } from './backfill';
import { behindOf, mostlyOf, type Behind } from './behind';
import { closedUntil } from './closing';
import { isDeferral } from './deferrals';
import { figuresOf, severityOf } from './describe';
import { episodesOf, type Episode } from './episodes';
import type { Firing } from './firings';
import { Fold } from './fold';
import { findFailures, findStopped } from './info';
import { readExtent, readTouched, readUsual, type Reader, type Watermark } from './reads';
import {
  matched,
  newId,
  readIncidents,
  writeIncidents,
  type IncidentRecord,
  type IncidentState,
} from './records';
import { INFO_KINDS, STEP, type DetectionRules } from './rules';
import { sentenceOf } from './sentences';
import type { Store } from '../store';

/** What detection is told beside the store. */
export interface DetectorOptions {
  readonly rules: DetectionRules;
  /** Providers that report complaints. */
  readonly complaintProviders: readonly string[];
  /** Zone of the times in sentences. */
  readonly timezone: string;
  /** Incidents that began before this moment (epoch s) are left as they are: what they were told from may be gone. */
  readonly frozenBefore?: () => number;
  /** The clock, in epoch milliseconds. */
  readonly now?: () => number;
  /** Waited for between the days of a long run. */
  readonly pause?: () => Promise<void>;
}

const HOUR = 3600;

/** Keeps the incidents what the store and the rules say they are. One at a time works on a store. */
export class Detector {
  private rules: DetectionRules;
  private fold: Fold;
  /** The newest commit that was seen: it may have written more since. Undefined before the first look, which is at everything. */
  private seen: string | undefined;
  private marks: Watermark[] = [];
  private usual: ReadonlyMap<string, number> = new Map();
  private failures: Firing[] = [];
  private records: IncidentRecord[] | undefined;
  private version = 0;
  /** When the data last went on, by the clock. */
  private progressed: number;
  private progress = '';
  /** What stands behind the incidents, by what it was told from, with the time (epoch s) up to which. */
  private behind = new Map<string, { readonly until: number; readonly found: readonly Behind[] }>();

  constructor(
    private readonly store: Reader & Pick<Store, 'append'>,
    private readonly options: DetectorOptions,
  ) {
    this.rules = options.rules;
    this.fold = this.begin();
    this.progressed = this.now();
  }

  /** Takes other rules: everything is looked at again. */
  use(rules: DetectionRules): void {
    this.rules = rules;
    this.fold = this.begin();
    this.seen = undefined;
  }

  /** Looks again at what commits changed since the last time, and writes what follows for the incidents. */
  async update(): Promise<void> {
    const touched = await readTouched(this.store, this.seen ?? '0');
    const hour = this.seen === undefined ? 0 : touched.hour;
    if (hour !== undefined) {
      const { marks, days } = await readExtent(this.store);
      this.marks = marks;
      this.usual = await readUsual(this.store, marks);
      await this.fold.run(hour, marks, days, this.options.pause);
      this.seen = touched.commit;
      for (const [key, { until }] of this.behind) if (until > hour) this.behind.delete(key);
      const progress = JSON.stringify(marks.map(({ at }) => at).sort());
      if (progress !== this.progress) this.progressed = this.now();
      this.progress = progress;
    }
    await this.settle();
  }

  /** Says of every incident what the clock and what fired make of it, and writes what changed. */
  async settle(): Promise<void> {
    this.records ??= await readIncidents(this.store);
    this.failures = await findFailures(this.store, this.rules, this.seconds());
    const stopped = findStopped(this.marks, this.usual, this.rules, this.seconds());
    const episodes = episodesOf([...this.fold.firings, ...stopped, ...this.failures], this.rules);
    const frozen = this.options.frozenBefore?.() ?? 0;
    const known = this.records.filter(({ kind, start }) => start >= frozen && kind !== BACKFILL);
    const looked = episodes.filter(({ start }) => start >= frozen);
    const going = matched(looked, known, this.rules.incidents.mergeMinutes * 60);
    const changed: IncidentRecord[] = [];
    const next = new Map(this.records.map((record) => [record.id, record]));
    const put = (record: IncidentRecord): void => {
      const before = next.get(record.id);
      if (before && JSON.stringify(before) === JSON.stringify(record)) return;
      next.set(record.id, record);
      changed.push(record);
    };
    const kept = new Set<string>();
    const current: { episode: Episode; record: IncidentRecord }[] = [];
    const behind = await this.behindAll(looked);
    const jobs = new Set(looked.flatMap((episode) => mostlyOf(behind.get(episode) ?? []).job ?? []));
    const owners = await ownersOf(this.store, [...jobs]);
    for (const episode of looked) {
      const before = going.get(episode);
      const record = this.described(episode, before, next, behind.get(episode) ?? [], owners);
      kept.add(record.id);
      current.push({ episode, record });
    }
    for (const { record } of current) put({ ...record, symptomOf: causeOf(record, current) });
    for (const record of known)
      if (!kept.has(record.id) && record.state !== 'retracted' && record.state !== this.goneAs(record))
        put({ ...record, state: this.goneAs(record), settled: record.settled || this.now() });
    const { timezone } = this.options;
    backfillsOf([...next.values()], { rules: this.rules, timezone, now: this.now() }).forEach(put);
    if (changed.length === 0) return;
    this.version = Math.max(this.version + 1, this.now());
    await writeIncidents(this.store, changed, this.version);
    this.records = [...next.values()];
  }

  private begin(): Fold {
    return new Fold(this.store, this.rules, this.options.complaintProviders);
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  private seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  private described(
    episode: Episode,
    before: IncidentRecord | undefined,
    taken: ReadonlyMap<string, IncidentRecord>,
    behind: readonly Behind[],
    owners: ReadonlyMap<string, string>,
  ): IncidentRecord {
    const state = this.stateOf(episode);
    const open = state !== 'closed';
    const figures = figuresOf(episode, open);
    const id = before?.id ?? freeId(newId(episode), taken);
    const detected = before?.detected ?? this.now();
    const { job, sender, sourceIp } = mostlyOf(behind);
    const { entity, kind, start, end } = episode;
    const wasOver = before?.state === 'closed' && state === 'closed';
    return {
      id,
      kind,
      severity: severityOf(episode, this.rules),
      state,
      provider: entity.provider ?? '',
      domain: '',
      vmta: entity.vmta ?? '',
      pool: entity.pool ?? '',
      job: entity.job ?? '',
      sender: entity.sender ?? '',
      node: entity.node ?? '',
      start,
      finish: end,
      opened: state === 'provisional' ? (before?.opened ?? 0) : before?.opened || this.now(),
      detected,
      settled: open ? 0 : wasOver ? before.settled : this.now(),
      historical: Number(end * 1000 < detected - this.rules.incidents.historicalHours * HOUR * 1000),
      sentence: sentenceOf(episode, {
        open,
        timezone: this.options.timezone,
        ...figures,
        ...(isDeferral(kind) && { job, user: owners.get(job ?? '') }),
      }),
      rate: rounded(figures.rate),
      baseline: rounded(figures.baseline),
      waiting: rounded(figures.waiting),
      attempts: rounded(figures.attempts),
      symptomOf: '',
      mostlyJob: job ?? '',
      mostlySender: sender ?? '',
      mostlyIp: sourceIp ?? '',
      behind: JSON.stringify(behind),
    };
  }

  /** What becomes of an incident that nothing speaks for any more: what was told by the clock alone was true. */
  private goneAs({ kind, node, start }: IncidentRecord): IncidentState {
    if (kind === 'ingest_failure') return 'closed';
    // Logs that stopped are closed while they stay away; without a gap they only were late.
    return kind === 'logs_stopped' && !this.goesOn(node, start) ? 'closed' : 'retracted';
  }

  /** Whether the logs of a node go on at or after a time (epoch s). */
  private goesOn(node: string | undefined, from: number): boolean {
    return this.marks.some((mark) => mark.node === node && mark.at >= from);
  }

  private stateOf({ kind, entity, firings, last, end: finish }: Episode): IncidentState {
    const { quietSteps, standstillMinutes } = this.rules.incidents;
    const now = this.seconds();
    if (kind === 'logs_stopped') return this.goesOn(entity.node, finish) ? 'closed' : 'open';
    if (kind === 'ingest_failure') return now >= last + (quietSteps + 1) * STEP ? 'closed' : 'open';
    const closed = closedUntil(this.marks, this.rules, now);
    const end = Math.max(0, ...this.marks.map(({ at }) => at + STEP));
    const isQuiet = Math.min(closed, end) >= last + (quietSteps + 1) * STEP;
    // Data that stands still says nothing any more.
    if (isQuiet || this.now() - this.progressed >= standstillMinutes * 60_000) return 'closed';
    return firings.some(({ at }) => at + STEP <= closed) ? 'open' : 'provisional';
  }

  /** What stands behind each episode; what is known of those that did not change is kept. */
  private async behindAll(episodes: readonly Episode[]): Promise<ReadonlyMap<Episode, readonly Behind[]>> {
    const keyed = episodes.map((episode) => {
      const { kind, entity, start, end, firings } = episode;
      return { episode, key: JSON.stringify([kind, entity, start, end, firings.length]) };
    });
    const unknown = keyed.filter(({ key }) => !this.behind.has(key)).map(({ episode }) => episode);
    const asked = await behindOf(this.store, unknown);
    const kept: typeof this.behind = new Map();
    const behind = new Map<Episode, readonly Behind[]>();
    for (const { episode, key } of keyed) {
      const found = this.behind.get(key)?.found ?? asked.get(episode) ?? [];
      kept.set(key, { until: episode.end, found });
      behind.set(episode, found);
    }
    this.behind = kept;
    return behind;
  }
}

/** An id that an incident of the same beginning, long taken by another, does not have. */
function freeId(id: string, taken: ReadonlyMap<string, IncidentRecord>): string {
  let free = id;
  for (let count = 2; taken.has(free); count++) free = `${id}-${count}`;
  return free;
}

/** The incident that what only informs is a symptom of: one of the same provider that it overlaps. */
function causeOf(
  { kind, provider, start, finish }: IncidentRecord,
  all: readonly { record: IncidentRecord }[],
): string {
  if (!INFO_KINDS.has(kind) || provider === '') return '';
  const cause = all.find(
    ({ record }) =>
      !INFO_KINDS.has(record.kind) &&
      record.provider === provider &&
      record.start < finish &&
      record.finish + HOUR > start,
  );
  return cause?.record.id ?? '';
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(6));
}
