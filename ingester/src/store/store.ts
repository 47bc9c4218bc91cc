import type { ClickHouseClient } from '@clickhouse/client';
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Claim, type ClaimOptions } from './claim';
import { embedded, isLocked, server, StoreLockedError, type Connector } from './connect';
import { migrate } from './migrations';
import { applyRetention, type Retention } from './retention';
import { literal } from './sql';
import { Turns, type Asker, type TurnFigures } from './turns';

/** Where the store lives and how long it keeps what. */
export interface StoreSettings extends Retention {
  dataDir: string;
  clickhouseUrl?: string | undefined;
  /** The same server as a user who may only read. */
  clickhouseReadUrl?: string | undefined;
}

/** Options of a read: `{name:Type}` parameters and a signal that ends it. */
export interface ReadOptions {
  params?: Record<string, unknown>;
  /** The caller is told at once; the engine is told to stop, and its turn is free when it has. */
  signal?: AbortSignal;
  /** Who asks: such a read waits for its turn. Without one it is the service's own, and does not. */
  asker?: Asker;
  /** For SQL of people's own: less time and memory, few rows, times as epoch seconds, nothing that writes. */
  untrusted?: boolean;
}

/** ClickHouse behind one small interface. Tables are named `watchtower.<table>`. */
export interface Store {
  readonly mode: 'embedded' | 'server';
  /** How many loaders may run side by side: the `worker` argument of `loadCsv` and `prepare` is below this. */
  readonly workers: number;
  readonly retention: Retention;
  /** Reads of askers: how many run, wait and were refused. */
  readonly turns: TurnFigures;
  /** Says that a load is under way until the function it gives is called: the reads of askers then leave it room. */
  load(): () => void;
  /**
   * Rows of a SELECT; 64-bit integers come as JS numbers, so hashes are selected with toString(). Rejects with BusyError
   * where too many reads of askers wait.
   */
  read<T>(sql: string, options?: ReadOptions): Promise<T[]>;
  /** DDL and writes, one after the other, in the order of the calls. */
  write(sql: string): Promise<void>;
  /** A statement on a loader's own connection, beside the writer. */
  prepare(worker: number, sql: string): Promise<void>;
  /** Inserts small rows (ledger, errors) as JSON; with a token, a repeated call adds nothing. */
  append(table: string, rows: readonly object[], token?: string): Promise<void>;
  /** Runs `sql(source)`, an INSERT … SELECT … FROM source, over a header-less CSV file with String columns c0 … cN-1. */
  loadCsv(
    worker: number,
    path: string,
    columns: readonly string[],
    sql: (source: string) => string,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Reads of askers: so many run at once, fewer beside a load, and few enough wait that they are answered in time. */
const TURNS = { running: 3, beside: 1, waiting: 1000, waitingPerOwner: 250 };

/** Readers: those of askers, and two for the service itself. */
const READERS = TURNS.running + 2;

/** How long a read that was told to stop may take before it is told again, in milliseconds. */
const KILL_AGAIN = 200;

/** Rows of one small insert. */
const APPEND_ROWS = 2000;
const READ_SETTINGS =
  'SETTINGS max_execution_time = 60, max_memory_usage = 4000000000, output_format_json_quote_64bit_integers = 0, output_format_json_validate_utf8 = 1';

/** More rows than are shown, so that a cut is known. */
const UNTRUSTED_SETTINGS =
  "SETTINGS max_execution_time = 20, max_memory_usage = 1000000000, max_result_rows = 10001, result_overflow_mode = 'break', max_ast_elements = 5000, date_time_output_format = 'unix_timestamp', output_format_json_quote_64bit_integers = 0, output_format_json_validate_utf8 = 1, readonly = 1";

const CSV_SETTINGS =
  'async_insert = 0, input_format_csv_detect_header = 0, format_csv_allow_single_quotes = 0, input_format_csv_allow_variable_number_of_columns = 0, input_format_csv_trim_whitespaces = 0, input_format_null_as_default = 0, input_format_allow_errors_num = 0, max_threads = 1, max_insert_threads = 1, input_format_parallel_parsing = 0';

/**
 * Opens the store, for one service at a time, and brings its schema up to date. Throws StoreLockedError, StoreClaimedError,
 * or another error that says what to do.
 */
export async function openStore(settings: StoreSettings, claim: ClaimOptions = {}): Promise<Store> {
  const { dataDir, clickhouseUrl, clickhouseReadUrl } = settings;
  const connector = clickhouseUrl ? server(clickhouseUrl, clickhouseReadUrl) : embedded(dataDir);
  const store = new ClickHouseStore(connector);
  try {
    await store.claim(claim);
    await migrate(store);
    store.retention = await applyRetention(store, settings);
  } catch (error) {
    await store.close();
    if (isLocked(error)) throw new StoreLockedError(dataDir);
    throw error;
  }
  return store;
}

class ClickHouseStore implements Store {
  readonly mode: 'embedded' | 'server';
  readonly workers = Math.min(8, availableParallelism()) + 1;
  private readonly queue = new Turns(TURNS);
  private readonly writer: ClickHouseClient;
  /** Ends reads, whatever the others are busy with. */
  private readonly control: ClickHouseClient;
  /** What people write runs as a user who may only read, where the server has one. */
  private readonly guest: ClickHouseClient | undefined;
  private readonly readers: ClickHouseClient[];
  private readonly loaders: ClickHouseClient[];
  private readonly idle: ClickHouseClient[];
  private readonly waiting: ((client: ClickHouseClient) => void)[] = [];
  private tail: Promise<unknown> = Promise.resolve();
  private claimed: Claim | undefined;
  private closed = false;
  retention: Retention = {};

  constructor(private readonly connector: Connector) {
    this.mode = connector.mode;
    this.writer = connector.client();
    this.control = connector.client();
    this.guest = connector.guest?.();
    this.readers = Array.from({ length: READERS }, () => connector.client());
    this.loaders = Array.from({ length: this.workers }, () => connector.client());
    this.idle = [...this.readers];
  }

  /** Takes the right to write. The embedded engine has a lock of its own. */
  async claim(options: ClaimOptions): Promise<void> {
    if (this.mode === 'server') this.claimed = await Claim.take(this.connector.client(), options);
  }

  get turns(): TurnFigures {
    return this.queue.figures;
  }

  load(): () => void {
    return this.queue.load();
  }

  async read<T>(sql: string, options: ReadOptions = {}): Promise<T[]> {
    const { asker, signal } = options;
    // A connection that is asked after its end would open the engine again.
    if (this.closed) throw new Error('the store is closed');
    const done = asker ? await this.queue.take(asker, signal) : undefined;
    return abandonable(this.run<T>(sql, options).finally(done), signal);
  }

  /** Settles when the engine is through with the read, whoever has left meanwhile. */
  private async run<T>(sql: string, { params, signal, untrusted, asker }: ReadOptions): Promise<T[]> {
    let client = this.idle.pop() ?? (await new Promise<ClickHouseClient>((take) => this.waiting.push(take)));
    const mark = randomUUID();
    const ended = new AbortController();
    const stop = (): void => void this.kill(mark, ended.signal);
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', stop, { once: true });
      const threads = asker && this.queue.loading ? ', max_threads = 1' : '';
      const runner = (untrusted ? this.guest : undefined) ?? client;
      const result = await runner.query({
        query: `${sql}\n${untrusted ? UNTRUSTED_SETTINGS : READ_SETTINGS}${threads}, log_comment = '${mark}'`,
        format: 'JSONEachRow',
        ...(params && { query_params: params }),
      });
      return await result.json<T>();
    } catch (error) {
      client = await this.renewed(client);
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      ended.abort();
      const next = this.waiting.shift();
      if (next) next(client);
      else this.idle.push(client);
    }
  }

  /** Tells the engine to stop a read until it has: an order that comes before the read has begun is lost. */
  private async kill(mark: string, ended: AbortSignal): Promise<void> {
    while (!ended.aborted && !this.closed) {
      const query = `KILL QUERY WHERE Settings['log_comment'] = '${mark}' ASYNC`;
      await this.control.command({ query }).catch(() => undefined);
      await wait(KILL_AGAIN, undefined, { signal: ended }).catch(() => undefined);
    }
  }

  /** The embedded engine puts rows that a failed query has already written in front of the connection's next answer. */
  private async renewed(client: ClickHouseClient): Promise<ClickHouseClient> {
    if (this.mode !== 'embedded' || this.closed) return client;
    const fresh = this.connector.client();
    this.readers.splice(this.readers.indexOf(client), 1, fresh);
    await client.close();
    return fresh;
  }

  write(sql: string): Promise<void> {
    return this.serially(async () => {
      await this.claimed?.hold();
      await this.writer.command({ query: sql });
    });
  }

  async prepare(worker: number, sql: string): Promise<void> {
    await this.claimed?.hold();
    await this.loader(worker).command({ query: sql });
  }

  private loader(worker: number): ClickHouseClient {
    const client = this.loaders[worker];
    if (!client) throw new RangeError(`There is no loader ${worker}`);
    return client;
  }

  async append(table: string, rows: readonly object[], token?: string): Promise<void> {
    for (let start = 0; start < rows.length; start += APPEND_ROWS) {
      const body = rows.slice(start, start + APPEND_ROWS).map((row) => JSON.stringify(row, wellFormed));
      const once = token
        ? `, insert_deduplicate = 1, insert_deduplication_token = ${literal(`${token}:${start}`)}`
        : '';
      await this.write(
        `INSERT INTO watchtower.${table} SETTINGS async_insert = 0${once} FORMAT JSONEachRow\n${body.join('\n')}`,
      );
    }
  }

  async loadCsv(
    worker: number,
    path: string,
    columns: readonly string[],
    sql: (source: string) => string,
  ): Promise<void> {
    const client = this.loader(worker);
    await this.claimed?.hold();
    const structure = literal(columns.map((column) => `${column} String`).join(', '));
    if (this.mode === 'embedded') {
      await client.command({
        query: `${sql(`file(${literal(path)}, 'CSV', ${structure})`)} SETTINGS ${CSV_SETTINGS}`,
      });
      return;
    }
    const { stream } = await client.exec({
      query: `${sql(`input(${structure})`)} SETTINGS ${CSV_SETTINGS} FORMAT CSV`,
      values: createReadStream(path),
    });
    stream.resume();
    await new Promise<void>((resolve, reject) => stream.on('end', resolve).on('error', reject));
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.tail;
    await this.claimed?.release();
    for (const client of [...this.loaders, ...this.readers, this.writer, this.control]) await client.close();
    await this.guest?.close();
    this.connector.close();
  }

  private serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }
}

/** A promise that rejects when the signal says so; what it stands for goes on. */
function abandonable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** Text cut in the middle of a character is no JSON to the engine. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(LONE_SURROGATE, '\u{fffd}') : value;
}

const LONE_SURROGATE = /\p{Surrogate}/gu;
