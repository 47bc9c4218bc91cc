import type { Sample } from './dashboard';
import type { QueryRequest } from './service';
import type { Recording, SentStatement } from './waves';

/** What one load did. Seconds are wall-clock; CPU seconds are those of the whole process in that time. */
export interface LoadResult {
  seconds: number;
  cpuSeconds: number;
  /** Bytes of the files on disk. */
  bytes: number;
  /** Counted events in the store afterwards. */
  events: number;
  /** Deliveries in the hourly rollup afterwards, by the dimension `all`: the views were filled. */
  rolledUp: number;
}

/** The first commit of a file: when it was done, epoch ms, and how many events the file brought. */
export interface CommitResult {
  at: number;
  events: number;
}

/** What one full run of detection did, seconds and CPU seconds as of a load. */
export interface DetectionRun {
  seconds: number;
  cpuSeconds: number;
  statements: number;
  /** Incidents that stand afterwards. */
  incidents: number;
}

/** An incident that was found. */
export interface FoundIncident {
  id: string;
  kind: string;
}

/** What a table takes on disk. */
export interface TableSize {
  table: string;
  bytes: number;
  rows: number;
}

/** One query of the model: fastest and median of its runs in ms, and the rows the engine estimates to read. */
export interface QueryTiming {
  name: string;
  bestMs: number;
  medianMs: number;
  readRows: number;
}

/** A process ready to work. */
export interface Opened {
  /** From the start of the process until `/readyz` said yes, modules included. */
  readyMs: number;
  /** Resident bytes before any work. */
  idleBytes: number;
  /** Where the API answers. */
  url: string;
}

/** What a measured process can be asked; each call has one argument. */
export interface Subject {
  /** Opens the whole service on a data directory and serves its API on a free port; `watched`: with detection. */
  open(o: { dataDir: string; watched?: boolean }): Promise<Opened>;
  /** Loads files the way the service does. */
  load(o: { paths: string[] }): Promise<LoadResult>;
  /** Loads a file that is one commit; when it was done. */
  commit(o: { path: string }): Promise<CommitResult>;
  /** The engine's own INSERT … SELECT of a file into the same tables. */
  floor(o: { path: string }): Promise<LoadResult>;
  /** csv-parse to objects to JSONEachRow into the same tables. */
  naive(o: { path: string }): Promise<LoadResult>;
  /** Sizes of the tables; `optimise` merges them first. */
  storage(o: { optimise: boolean }): Promise<TableSize[]>;
  /** Repeats the store's events on later days until there are at least so many; how many there are. */
  multiply(o: { events: number }): Promise<number>;
  queries(o: { runs: number }): Promise<QueryTiming[]>;
  /** Looks for incidents in everything there is, as at a start of the service. */
  detect(o: Record<never, never>): Promise<DetectionRun>;
  /** The incidents that stand, by their start, once detection has looked at all that was loaded. */
  incidents(o: Record<never, never>): Promise<FoundIncident[]>;
  /** What the questions of the dashboards name. */
  sample(o: Record<never, never>): Promise<Sample>;
  /** Answers a request once; what it sent to the engine and what that read. */
  record(o: { request: QueryRequest }): Promise<Recording>;
  /** Sends recorded statements straight to the store; ms. */
  replay(o: { waves: SentStatement[][] }): Promise<number>;
  /** Empties the caches of the engine. */
  dropCaches(o: Record<never, never>): Promise<void>;
  /** The most bytes that were resident so far. */
  peak(o: Record<never, never>): Promise<number>;
  close(o: Record<never, never>): Promise<void>;
}

/** A call from the measuring process. */
export interface Call {
  method: keyof Subject;
  argument: never;
}

/** The answer to a call. */
export type Reply = { result: unknown } | { error: string };
