import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Connection } from './connection';
import { Failure } from './failure';
import type { Io } from './io';

/** What is to be written out: the parameters of `GET /api/analytics/export`, times in ISO 8601 or epoch ms. */
export interface ExportOptions {
  format: string;
  from?: string;
  to?: string;
  filter: string[];
  filters?: string;
  search?: string;
  columns?: string;
  metrics?: string;
  groupBy?: string;
  orderBy?: string;
  order?: string;
  limit?: string;
}

/** Writes events or figures to standard output as they are read; notices go to standard error. */
export async function printExport(
  connection: Connection,
  io: Io,
  { filter, from, to, ...rest }: ExportOptions,
): Promise<void> {
  const parameters = new URLSearchParams(rest);
  if (from !== undefined) parameters.set('from', instant('--from', from));
  if (to !== undefined) parameters.set('to', instant('--to', to));
  if (filter.length > 0) parameters.append('filters', JSON.stringify(conditionsOf(filter)));
  const { chunks, notices } = await connection.export(parameters);
  for (const notice of notices) io.stderr.write(`watchtower: ${notice}\n`);
  await pipeline(Readable.from(chunks), io.stdout, { end: false });
}

/** Several values of one dimension are one condition: any of them. */
function conditionsOf(texts: readonly string[]): object[] {
  const values = new Map<string, string[]>();
  for (const text of texts) {
    const [, dimension, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (dimension === undefined || value === undefined)
      throw new Failure(`--filter ${text}: must be dimension=value`, 2);
    values.set(dimension, [...(values.get(dimension) ?? []), value]);
  }
  return [...values].map(([dimension, any]) => ({ dimension, operator: 'in', values: any }));
}

function instant(option: string, text: string): string {
  const epoch = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(epoch))
    throw new Failure(`${option} ${text}: must be a time, such as 2026-09-15T10:00:00Z`, 2);
  return String(epoch);
}
