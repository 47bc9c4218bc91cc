import { PassThrough } from 'node:stream';
import type { Settings } from '../config';
import { diagnosis } from '../detect';
import type { Room } from '../ingest/ingest.testkit';
import { openLog, type Log } from '../log';
import { openApi, type ApiParts, type Listening } from '.';

/** A log and what was written to it. */
export function keptLog(): { log: Log; text: () => string } {
  const stream = new PassThrough();
  const lines: string[] = [];
  stream.on('data', (chunk) => lines.push(String(chunk)));
  return { log: openLog(stream), text: () => lines.join('') };
}

/** Serves a room's store and ingest on a free port, with these keys. */
export function serveRoom(
  { store, ingest, dataDir }: Room,
  keys: Settings['keys'] = {},
  more: Partial<ApiParts> = {},
): Promise<Listening> {
  const settings = { keys, dataDir, maxFileBytes: 1000 };
  const context = { timezone: 'UTC', complaintProviders: [], diagnosis };
  const { log } = keptLog();
  return openApi({ store, ingest, settings, context, log, ...more }, { host: '127.0.0.1', port: 0 });
}
