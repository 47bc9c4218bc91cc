import type { Connection } from './connection';
import { rowsOf } from './frames';
import type { Io } from './io';
import { Failure } from './failure';
import { table } from './table';

/** What names a message: its Message-Id or the id of an event, or job and recipient. */
export interface TraceOptions {
  job?: string;
  recipient?: string;
  json?: boolean;
}

/** The columns a person reads first; `--json` gives all. */
const SHOWN = ['time', 'step', 'seconds', 'recipient', 'vmta', 'smtpStatus', 'method', 'confidence', 'diag'];

/** Prints a message's life, one line per event. False where there is no such message. */
export async function printTrace(
  connection: Connection,
  io: Io,
  id: string | undefined,
  { job, recipient, json }: TraceOptions,
): Promise<boolean> {
  const named = id === undefined ? {} : /^\d+[-:]\d+$/.test(id) ? { event: id } : { messageId: id };
  const query = { refId: 'A', queryType: 'trace', ...named, job, recipient };
  const { A: result } = (await connection.query(JSON.stringify({ queries: [query] }))).results;
  if (!result || 'error' in result) throw new Failure(result?.error ?? 'no answer', 2);
  if (json) io.stdout.write(JSON.stringify(result.frames) + '\n');
  const [frame] = result.frames;
  const { headings, rows } = frame ? rowsOf(frame) : { headings: [], rows: [] };
  if (json) return rows.length > 0;
  if (rows.length === 0) throw new Failure('there is no such message');
  const columns = SHOWN.map((name) => headings.indexOf(name));
  io.stdout.write(
    table(
      SHOWN,
      rows.map((row) => columns.map((column) => row[column])),
    ),
  );
  for (const { text } of frame?.schema.meta?.notices ?? []) io.stdout.write(`${text}\n`);
  return true;
}
