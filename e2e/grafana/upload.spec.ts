import { expect, test } from '@grafana/plugin-e2e';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import type { FileRecord } from '../../ingester/src/ingest';
import { Grafana } from './grafana';
import { scene, service } from './scene';

const admin = Grafana.fromEnvironment();
const { datasource } = scene();

/** Bytes of the upload at least. */
const SIZE = 200_000_000;
/** Bytes of one row: a long reply of the other side, so that there are not too many rows. */
const ROW = 2000;
const ROWS = Math.ceil(SIZE / ROW);
/** Well before the day that the other tests look at. */
const WHEN = '2026-01-15 12:00:00+0000';
const HEADER = 'type,timeLogged,timeQueued,orig,rcpt,dsnStatus,dsnDiag,jobId,vmta\n';

/** A log of deliveries, each to another recipient, written a thousand rows at a time as it is read. */
function* log(job: string): Generator<string> {
  yield HEADER;
  for (let row = 0; row < ROWS; row += 1000) {
    const count = Math.min(1000, ROWS - row);
    yield Array.from({ length: count }, (_, i) => delivery(row + i, job)).join('');
  }
}

function delivery(row: number, job: string): string {
  const start = `d,${WHEN},${WHEN},news@sender.example,u${row}@gmail.com,2.0.0 (success),"smtp;250 `;
  const end = `",${job},VMTA-1\n`;
  return start + 'ok '.repeat(ROW).slice(0, ROW - start.length - end.length) + end;
}

/** Sends a body of known length as it is made, as a browser sends a file. */
function stream(
  grafana: Grafana,
  path: string,
  body: Iterable<string>,
  length: number,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(grafana.url);
  const headers = {
    Authorization: grafana.authorization,
    'Content-Type': 'text/csv',
    'Content-Length': length,
  };
  return new Promise((resolve, reject) => {
    // A connection of its own: one that was kept might be closed by the other side right now.
    const sent = request({ hostname, port, path, method: 'POST', headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (piece: Buffer) => (text += piece.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    Readable.from(body, { objectMode: true }).pipe(sent);
  });
}

// Without it a night's log could not be brought in from Grafana: what passes a plugin's own resources ends at 16 MB.
test('an Editor uploads 200 MB through the proxy; all of it is loaded, and an Admin takes it out again', async () => {
  test.setTimeout(400_000);
  const { grafana, remove } = await admin.addPerson('Editor');
  const job = `upload-${randomUUID().slice(0, 8)}`;
  const resources = `/api/datasources/uid/${datasource.uid}/resources`;
  try {
    const path = `/api/datasources/proxy/uid/${datasource.uid}/upload?name=${job}.csv`;
    const { status, text } = await stream(grafana, path, log(job), HEADER.length + ROWS * ROW);
    expect([status, text]).toEqual([202, expect.stringContaining('"files"')]);
    const [queued] = (JSON.parse(text) as { files: FileRecord[] }).files;
    expect(queued).toMatchObject({ name: `${job}.csv`, bytes: HEADER.length + ROWS * ROW });

    const file = () => grafana.json<FileRecord>('GET', `${resources}/files/${queued?.id}`);
    await expect
      .poll(async () => (await file()).status, { timeout: 300_000, intervals: [2000] })
      .toMatch(/^loaded|failed|rejected/);
    expect(await file()).toMatchObject({
      status: 'loaded',
      rows: ROWS,
      events: ROWS,
      duplicates: 0,
      errors: 0,
    });

    const [count] = await service().ask({
      queryType: 'metrics',
      metrics: ['delivered'],
      filters: [{ dimension: 'job', operator: '=', values: [job] }],
      from: Date.UTC(2026, 0, 15),
      to: Date.UTC(2026, 0, 16),
    });
    expect(count?.data.values).toEqual([[ROWS]]);

    const gone = await admin.call('DELETE', `${resources}/files/${queued?.id}`);
    expect(gone.ok).toBe(true);
  } finally {
    await remove();
  }
});
