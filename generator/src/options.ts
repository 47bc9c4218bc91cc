import type { Condition } from './conditions';
import type { IncidentPlan } from './incidents';
import { pools } from './world';

/** What a log file holds: final outcomes, attempts, bounces again, complaints, blocks or remote bounces, receptions. */
export type FileKind = 'acct' | 'tran' | 'bounce' | 'fbl' | 'rb' | 'received';

/** What to write. Everything but the first three only changes how the same events are written, unless it says so. */
export interface LogOptions {
  /** How many messages are injected. */
  messages: number;
  /** Any text; default `watchtower`. The same seed with the same messages, start and seconds has the same events. */
  seed?: string;
  /** Epoch seconds of the first injection. */
  start: number;
  /** Length of the stretch in which messages are injected; default a day. */
  seconds?: number;
  /** Events after this time (epoch seconds) have not happened yet: neither written nor counted. */
  until?: number;
  /** Default {@link standardIncidents}. Changes the events. */
  incidents?: readonly IncidentPlan[];
  /** What makes the logs hard to judge, see {@link Condition}. Changes the events. */
  conditions?: readonly Condition[];
  /**
   * IANA name of the zone whose clock the mail follows, and in which times are written (`iso` then names the offset, `epoch`
   * has none); default UTC. Changes the events.
   */
  zone?: string;
  /** Part of the usual volume that goes out on Saturdays and Sundays; default 1. Changes the events. */
  weekend?: number;
  /** The pools of each node, by its name: files then stand in a sub-folder per node. Every pool has one node. */
  nodes?: Readonly<Record<string, readonly string[]>>;
  /**
   * `files` (default): one series per kind; the bounces stand in acct and bounce. `seed`: tran holds every attempt,
   * final ones too. `mixed`: one acct series under a union header, nothing twice.
   */
  layout?: 'files' | 'seed' | 'mixed';
  /** How times are written; default `iso` (`2026-09-15 00:00:50+0000`); `zoneless` lacks the zone. */
  time?: 'iso' | 'epoch' | 'zoneless';
  /** `quoted`: every field quoted, CRLF, a BOM, newlines inside quotes; default `plain`. */
  style?: 'plain' | 'quoted';
  /** What rb rows are: `block` (default) or `remote` bounces. Changes which events there are. */
  rb?: 'block' | 'remote';
  /** Columns that a kind of file (or all) lacks. A mixed series is of kind acct. */
  without?: Partial<Record<FileKind | 'all', readonly string[]>>;
  /** The local part of every recipient is `xxxx`. */
  redactRecipients?: boolean;
  /** The return path is unique per recipient. */
  verp?: boolean;
  /** Also write `r` rows (PowerMTA took the message over). */
  received?: boolean;
  /** Compresses the files (`.csv.gz`). */
  gzip?: boolean;
  /** When a series goes on in its next file: after so many seconds of log time, or so many bytes (before compression). */
  rotate?: { seconds?: number; bytes?: number };
  /** Stands before every file name. */
  prefix?: string;
}

/** {@link LogOptions} with its defaults filled in. */
export type Settings = Required<Omit<LogOptions, 'incidents'>>;

/** Fills in the defaults. Throws RangeError on a count or length that makes no sense. */
export function settingsOf(options: LogOptions): Settings {
  const settings: Settings = {
    seed: 'watchtower',
    seconds: 86400,
    until: Infinity,
    layout: 'files',
    time: 'iso',
    style: 'plain',
    rb: 'block',
    conditions: [],
    zone: 'UTC',
    weekend: 1,
    nodes: {},
    without: {},
    redactRecipients: false,
    verp: false,
    received: false,
    gzip: false,
    rotate: {},
    prefix: '',
    ...options,
  };
  const { messages, start, seconds, nodes } = settings;
  if (!Number.isInteger(messages) || messages < 0 || messages > 0xffffffff) {
    throw new RangeError(`messages must be a whole number below 2^32, not ${messages}`);
  }
  if (!Number.isInteger(start) || !Number.isInteger(seconds) || seconds < 1) {
    throw new RangeError('start and seconds must be whole seconds');
  }
  const owned = Object.values(nodes).flat().sort();
  if (owned.length > 0 && owned.join() !== pools.map(({ name }) => name).join()) {
    throw new RangeError(`every pool must have one node, not ${owned.join()}`);
  }
  return settings;
}
