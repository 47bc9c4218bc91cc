import type { ClickHouseClient } from '@clickhouse/client';
import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Claim, type ClaimOptions } from './claim';
import { embedded, isLocked, server, StoreLockedError, type Connector } from './connect';
import { migrate } from './migrations';
import { applyRetention, type Retention } from './retention';
import { literal } from './sql';

/** Where the store lives and how long it keeps what. */
export interface StoreSettings extends Retention {
  dataDir: string;
  clickhouseUrl?: string | undefined;
}

/** Options of a read: `{name:Type}` parameters and a signal that abandons the answer. */
export interface ReadOptions {
  params?: Record<string, unknown>;
  signal?: AbortSignal;
  /** For SQL of people's own: less time and memory, few rows, times as epoch seconds, nothing that writes. */
  untrusted?: boolean;
}

/** ClickHouse behind one small interface. Tables are named `watchtower.<table>`. */
export interface Store {
  readonly mode: 'embedded' | 'server';
  /** How many loaders may run side by side: the `worker` argument of `loadCsv` and `prepare` is below this. */
  readonly workers: number;
  readonly retention: Retention;
  /** Rows of a SELECT; 64-bit integers come as JS numbers, so hashes are selected with toString(). */
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

const READERS = 3;

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
  const connector = settings.clickhouseUrl ? server(settings.clickhouseUrl) : embedded(settings.dataDir);
  const store = new ClickHouseStore(connector, settings);
  try {
    await store.claim(claim);
    await migrate(store);
    await applyRetention(store, settings);
  } catch (error) {
    await store.close();
    if (isLocked(error)) throw new StoreLockedError(settings.dataDir);
    throw error;
  }
  return store;
}

class ClickHouseStore implements Store {
  readonly mode: 'embedded' | 'server';
  readonly workers = Math.min(8, availableParallelism()) + 1;
  private readonly writer: ClickHouseClient;
  private readonly readers: ClickHouseClient[];
  private readonly loaders: ClickHouseClient[];
  private readonly idle: ClickHouseClient[];
  private readonly waiting: ((client: ClickHouseClient) => void)[] = [];
  private tail: Promise<unknown> = Promise.resolve();
  private claimed: Claim | undefined;

  constructor(
    private readonly connector: Connector,
    readonly retention: Retention,
  ) {
    this.mode = connector.mode;
    this.writer = connector.client();
    this.readers = Array.from({ length: READERS }, () => connector.client());
    this.loaders = Array.from({ length: this.workers }, () => connector.client());
    this.idle = [...this.readers];
  }

  /** Takes the right to write. The embedded engine has a lock of its own. */
  async claim(options: ClaimOptions): Promise<void> {
    if (this.mode === 'server') this.claimed = await Claim.take(this.connector.client(), options);
  }

  async read<T>(sql: string, options: ReadOptions = {}): Promise<T[]> {
    options.signal?.throwIfAborted();
    let client = this.idle.pop() ?? (await new Promise<ClickHouseClient>((take) => this.waiting.push(take)));
    try {
      options.signal?.throwIfAborted();
      const result = await client.query({
        query: `${sql}\n${options.untrusted ? UNTRUSTED_SETTINGS : READ_SETTINGS}`,
        format: 'JSONEachRow',
        ...(options.params && { query_params: options.params }),
        ...(options.signal && { abort_signal: options.signal }),
      });
      return await result.json<T>();
    } catch (error) {
      if (!options.signal?.aborted) client = await this.renewed(client);
      throw error;
    } finally {
      const next = this.waiting.shift();
      if (next) next(client);
      else this.idle.push(client);
    }
  }

  /** The embedded engine puts rows that a failed query has already written in front of the connection's next answer. */
  private async renewed(client: ClickHouseClient): Promise<ClickHouseClient> {
    if (this.mode !== 'embedded') return client;
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
    await this.tail;
    await this.claimed?.release();
    for (const client of [...this.loaders, ...this.readers, this.writer]) await client.close();
    this.connector.close();
  }

  private serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }
}

/** Text cut in the middle of a character is no JSON to the engine. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(LONE_SURROGATE, '\u{fffd}') : value;
}

const LONE_SURROGATE = /\p{Surrogate}/gu;
