import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRecord } from '.';
import { rawEdge } from '../store';
import { csv, deliveries, openRoom } from './ingest.testkit';
import { addsUp } from './room.testkit';

/** What the days for which events are kept mean to a log that outlives them, and to a store that is younger. */

const HOUR = Math.floor(Date.now() / 3_600_000) * 3600;
const [OLD, RECENT] = [HOUR - 10 * 86_400, HOUR - 7200];

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'watchtower-retention-'));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

it('a store in which nothing has been closed yet can have the setting taken back', async () => {
  let room = await openRoom({ dataDir }, undefined, { rawDays: 2 });
  await room.load('recent.csv', csv(deliveries(RECENT, 3)));
  await room.close();
  room = await openRoom({ dataDir });
  expect(rawEdge(room.store.retention)).toBe(0);
  expect(await room.load('old.csv', csv(deliveries(OLD, 3)))).toMatchObject({ status: 'loaded', events: 3 });
  await room.close();
});

it('a log that is followed for longer than events are kept: the unterminated row it ended in stays as it was counted', async () => {
  let room = await openRoom({ dataDir });
  const path = join(dataDir, 'live.csv');
  writeFileSync(path, csv(deliveries(OLD, 3)).slice(0, -12));
  const { dev, ino } = statSync(path, { bigint: true });
  const follow = async (finished: boolean) => {
    await room.ingest.follower.follow({ path, node: '', dev, ino }, { finished, truncated: false });
    const { files } = await room.ingest.list({ limit: 1 });
    return files[0] as FileRecord;
  };
  expect(await follow(true)).toMatchObject({ rows: 3, events: 3 });
  await room.close();
  room = await openRoom({ dataDir }, undefined, { rawDays: 2 });
  await room.store.write('OPTIMIZE TABLE watchtower.events FINAL');
  // Of the row's rest a part, which ends it no more than what was there; then all of it.
  appendFileSync(path, csv(deliveries(OLD, 3)).slice(-12, -6));
  expect(await follow(true)).toMatchObject({ rows: 3, events: 3, errors: 0 });
  appendFileSync(path, csv(deliveries(OLD, 3)).slice(-6) + csv(deliveries(RECENT, 2)).slice(csv([]).length));
  for (const finished of [false, true]) {
    const file = await follow(finished);
    expect(file).toMatchObject({ rows: 5, events: 5, errors: 0, duplicates: 0 });
    expect(addsUp(file)).toBe(true);
  }
  expect(await room.count(RECENT, RECENT + 3600)).toBe(2);
  await room.close();
});
