import path from 'node:path';
import { z } from 'zod';

/** A positive whole number, written in decimal digits. */
const count = (what: string) =>
  z
    .string()
    .regex(/^[1-9][0-9]{0,8}$/, `must be a whole number of ${what} of at least 1`)
    .transform(Number);

const key = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces, as it travels in an HTTP header');

const folder = z.string().transform((value) => path.resolve(value));

const port = z
  .string()
  .regex(/^[0-9]{1,5}$/, 'must be a port number from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65535, 'must be a port number from 0 to 65535');

const clickhouseUrl = z
  .string()
  .refine(
    (value) => /^https?:\/\/[^/]/.test(value) && URL.canParse(value),
    'must be an http:// or https:// URL',
  );

/** A zone both the engine and `Intl` know: offsets such as +02:00 are not names of zones. */
const timezone = z
  .string()
  .refine(isTimezone, 'must be a time zone name such as UTC or Europe/Berlin')
  .transform((value) => new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone);

const headerNames = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((name) =>
        name
          .trim()
          .toLowerCase()
          .replace(/^header_/, ''),
      )
      .filter((name) => name !== ''),
  )
  .refine(
    (names) => names.every((name) => /^[\x21-\x39\x3b-\x7e]+$/.test(name)),
    'must be header names parted by commas, such as X-Campaign,X-Customer',
  );

const headerName = headerNames
  .refine((names) => names.length === 1 && !names[0]?.includes('*'), 'must be the name of one header')
  .transform((names) => names[0] as string);

const environment = z.object({
  WATCHTOWER_DROP_DIR: folder.default(path.resolve('drop')),
  WATCHTOWER_DATA_DIR: folder.default(path.resolve('data')),
  WATCHTOWER_HOST: z.string().default('127.0.0.1'),
  WATCHTOWER_PORT: port.default(8686),
  WATCHTOWER_CLICKHOUSE_URL: clickhouseUrl.optional(),
  WATCHTOWER_CLICKHOUSE_READ_URL: clickhouseUrl.optional(),
  WATCHTOWER_AFTER_LOAD: z.enum(['move', 'keep', 'delete'], oneOf('move', 'keep', 'delete')).default('move'),
  WATCHTOWER_DONE_DAYS: count('days').default(7),
  WATCHTOWER_RAW_DAYS: count('days').optional(),
  WATCHTOWER_ROLLUP_DAYS: count('days').optional(),
  WATCHTOWER_KEEP_HEADERS: headerNames.optional(),
  WATCHTOWER_USER_HEADER: headerName.optional(),
  WATCHTOWER_TIMEZONE: timezone.default('UTC'),
  WATCHTOWER_DEDUPE: z.enum(['skip', 'reject'], oneOf('skip', 'reject')).default('skip'),
  WATCHTOWER_MAX_FILE_MB: count('megabytes').default(4096),
  WATCHTOWER_ADMIN_KEY: key.optional(),
  WATCHTOWER_READ_KEY: key.optional(),
  WATCHTOWER_INGEST_KEY: key.optional(),
  WATCHTOWER_RULES: folder.optional(),
});

/** Everything that can be set from outside, checked and in its final unit. Folders are absolute paths. */
export interface Settings {
  /** Where logs are dropped; its first-level sub-folders name the node a log comes from. */
  dropDir: string;
  /** Where the embedded store, uploads and the record of a running service live. */
  dataDir: string;
  /** Address the API listens on. */
  host: string;
  /** Port the API listens on; 0 takes a free one. */
  port: number;
  /** A ClickHouse server to use instead of the embedded store. */
  clickhouseUrl?: string;
  /** The same server as a user who may only read: SQL that people write goes there. */
  clickhouseReadUrl?: string;
  /** What becomes of a loaded file: moved to `.done`, left where it is, or deleted. */
  afterLoad: 'move' | 'keep' | 'delete';
  /** How many days `.done` keeps a file. */
  doneDays: number;
  /** Days that single events are kept; absent: for ever. */
  rawDays?: number;
  /** Days that rollups are kept; absent: for ever. */
  rollupDays?: number;
  /** Custom headers to keep, lower case, without `header_`; undefined: the shipped list. */
  keepHeaders: string[] | undefined;
  /** Custom header that names the user who owns the mail's job, as it is kept; absent: none does. */
  userHeader?: string;
  /** Zone of log times that carry none. */
  timezone: string;
  /** What a second copy of a file becomes: `duplicate`, or `rejected`. */
  dedupe: 'skip' | 'reject';
  /** Largest file that is loaded, in bytes after decompression. */
  maxFileBytes: number;
  /** Bearer keys by role; with none of them, only loopback may connect. */
  keys: { admin?: string; read?: string; ingest?: string };
  /** Folder of rule files that override the shipped ones. */
  rulesDir?: string;
}

/** A setting has a wrong value; `message` is one line that names the setting, for the person who starts the service. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads the settings out of an environment. An empty variable counts as unset, because compose files
 * pass on empty ones.
 * @throws SettingsError for the first wrong value
 */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const filled = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(filled);
  if (!parsed.success) throw new SettingsError(describe(parsed.error, filled));
  const value = parsed.data;
  return {
    dropDir: value.WATCHTOWER_DROP_DIR,
    dataDir: value.WATCHTOWER_DATA_DIR,
    host: value.WATCHTOWER_HOST,
    port: value.WATCHTOWER_PORT,
    afterLoad: value.WATCHTOWER_AFTER_LOAD,
    doneDays: value.WATCHTOWER_DONE_DAYS,
    timezone: value.WATCHTOWER_TIMEZONE,
    keepHeaders: value.WATCHTOWER_KEEP_HEADERS,
    dedupe: value.WATCHTOWER_DEDUPE,
    maxFileBytes: value.WATCHTOWER_MAX_FILE_MB * 1024 * 1024,
    ...withoutUndefined({
      clickhouseUrl: value.WATCHTOWER_CLICKHOUSE_URL,
      clickhouseReadUrl: value.WATCHTOWER_CLICKHOUSE_READ_URL,
      rawDays: value.WATCHTOWER_RAW_DAYS,
      rollupDays: value.WATCHTOWER_ROLLUP_DAYS,
      rulesDir: value.WATCHTOWER_RULES,
      userHeader: value.WATCHTOWER_USER_HEADER,
    }),
    keys: withoutUndefined({
      admin: value.WATCHTOWER_ADMIN_KEY,
      read: value.WATCHTOWER_READ_KEY,
      ingest: value.WATCHTOWER_INGEST_KEY,
    }),
  };
}

function oneOf(...values: string[]): string {
  return `must be one of ${values.join(', ')}`;
}

function isTimezone(value: string): boolean {
  if (/^[+-]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** One line for one wrong setting. The values of keys and of a URL that may carry a password are not repeated. */
function describe(error: z.ZodError, env: Record<string, string | undefined>): string {
  const [issue] = error.issues;
  const name = String(issue?.path[0]);
  const secret = name.endsWith('_KEY') || name.startsWith('WATCHTOWER_CLICKHOUSE_');
  const shown = secret ? '' : ` (it is ${JSON.stringify(env[name])})`;
  return `${name} ${issue?.message ?? 'is not valid'}${shown}`;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out absent settings, as `exactOptionalPropertyTypes` tells an absent one from an undefined one. */
function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
