import type { Store } from '../store';
import type { Ledger, LedgerFile } from './ledger';
import { EXPIRED } from './staging';
import type { FileRecord, IngestError, IngestFigures, PageOptions } from './types';

/** What the store says of a file's rows. */
interface Totals {
  file: number;
  events: number;
  first: number;
  last: number;
}

/** What a file holds, named by its content: the field's five kinds, `mixed`, or what few logs hold. */
export function kindOf(records: readonly string[]): string {
  const has = (...types: string[]) => types.some((type) => records.includes(type));
  const families = [has('d', 'b', 't', 'tq', 'remote', 'rs', 'r'), has('f'), has('block')].filter(
    Boolean,
  ).length;
  if (families > 1) return 'mixed';
  if (has('f')) return 'fbl';
  if (has('block')) return 'rb';
  if (has('t', 'tq')) return 'tran';
  if (has('d')) return 'acct';
  if (has('b', 'remote')) return 'bounce';
  return has('r') ? 'received' : has('rs') ? 'status' : '';
}

/** The files' records as people and programs see them. */
export async function recordsOf(store: Store, files: readonly LedgerFile[]): Promise<FileRecord[]> {
  const loaded = files.filter(({ rows }) => rows > 0);
  if (loaded.length === 0) return files.map((file) => recordOf(file, undefined));
  const totals = await store.read<Totals>(
    `SELECT file, sum(t.events) AS events, toUInt32(min(t.firstEvent)) AS first, toUInt32(max(t.lastEvent)) AS last
     FROM watchtower.file_totals AS t WHERE file IN (${loaded.map(({ id }) => id).join(', ')}) GROUP BY file`,
  );
  const byFile = new Map(totals.map((row) => [row.file, row]));
  return files.map((file) => recordOf(file, byFile.get(file.id)));
}

/** All files at a glance. */
export function figuresOf(files: readonly LedgerFile[], trouble: string): IngestFigures {
  const figures: IngestFigures = { files: {}, lagSeconds: 0, rows: 0, errors: 0, bytes: 0, trouble };
  const now = Date.now();
  for (const { status, queuedAt, rows, errors, offset } of files) {
    figures.files[status] = (figures.files[status] ?? 0) + 1;
    figures.rows += rows;
    figures.errors += errors;
    figures.bytes += offset;
    if ((status === 'queued' || status === 'loading') && queuedAt !== null)
      figures.lagSeconds = Math.max(figures.lagSeconds, (now - queuedAt) / 1000);
  }
  return figures;
}

function recordOf(file: LedgerFile, totals: Totals | undefined): FileRecord {
  const events = totals?.events ?? 0;
  const span = totals && file.rows > file.errors ? totals : undefined;
  return {
    id: String(file.id),
    name: file.name,
    kind: kindOf(file.records),
    node: file.node,
    sha256: file.sha256,
    bytes: file.bytes || file.size,
    rows: file.rows,
    events,
    duplicates: Math.max(0, file.rows - file.errors - events),
    errors: file.errors,
    status: file.status,
    message: file.message,
    progress: { bytes: file.offset, rows: file.rows },
    queuedAt: iso(file.queuedAt),
    startedAt: iso(file.startedAt),
    finishedAt: iso(file.finishedAt),
    firstEvent: iso(span ? span.first * 1000 : null),
    lastEvent: iso(span ? span.last * 1000 : null),
  };
}

function iso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}

/** A page of the files, newest first. */
export async function listFiles(
  store: Store,
  ledger: Ledger,
  { limit, cursor, status }: PageOptions & { status?: string | undefined },
): Promise<{ files: FileRecord[]; next: string | null }> {
  const before = cursor === undefined ? Infinity : Number(cursor);
  const matching = ledger.all().filter((file) => file.id < before && (!status || file.status === status));
  const page = matching.slice(0, limit);
  return {
    files: await recordsOf(store, page),
    next: matching.length > limit ? String(page.at(-1)?.id) : null,
  };
}

/** How many rows of a file were left out because their figures are closed. */
export async function expiredRows(store: Store, { id, generation }: LedgerFile): Promise<number> {
  const [row] = await store.read<{ rows: number }>(
    `SELECT count() AS rows FROM watchtower.ingest_errors WHERE file = ${id} AND generation = ${generation} AND startsWith(reason, '${EXPIRED}')`,
  );
  return row?.rows ?? 0;
}

/** A page of the rows of a file that could not be loaded, in their order in the file. */
export async function listErrors(
  store: Store,
  { id, generation }: LedgerFile,
  { limit, cursor }: PageOptions,
): Promise<{ errors: IngestError[]; next: string | null }> {
  const offset = Number(cursor ?? 0) || 0;
  const errors = await store.read<IngestError>(
    `SELECT line, reason, raw FROM watchtower.ingest_errors WHERE file = ${id} AND generation = ${generation}
     ORDER BY line, reason, raw LIMIT ${limit + 1} OFFSET ${offset}`,
  );
  return {
    errors: errors.slice(0, limit),
    next: errors.length > limit ? String(offset + limit) : null,
  };
}
