import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csv, delivery, freshHour, openRoom, stamp, type Room } from '../ingest/ingest.testkit';
import { DEFAULT_TIMING } from '../ingest/folder/state';
import { readIncidents } from './records';
import { LONGEST_PAUSE, SETTLING, watchIncidents, type DetectionWatch } from './watch';

let room: Room;
let folder: string;
let watch: DetectionWatch | undefined;
const troubles: string[] = [];

beforeEach(async () => {
  room = await openRoom();
  folder = mkdtempSync(join(tmpdir(), 'watchtower-watch-'));
  troubles.length = 0;
});

afterEach(async () => {
  await watch?.close();
  watch = undefined;
  await room.close();
  rmSync(folder, { recursive: true });
});

const rules = (text: string) => writeFileSync(join(folder, 'incidents.json'), text);

function start(): DetectionWatch {
  watch = watchIncidents(room.store, {
    rulesDir: folder,
    complaintProviders: [],
    timezone: 'UTC',
    onTrouble: (error) => troubles.push(String(error)),
  });
  room.ingest.onCommit(() => watch?.touch());
  return watch;
}

/** Hard bounces of a job: 60 of 100 in ten minutes, after a good hour. */
async function load(): Promise<void> {
  const hour = freshHour();
  freshHour();
  const rows = Array.from({ length: 400 }, (_, i) => {
    const at = hour + i * 15;
    const bad = i >= 300 && i % 5 < 3;
    const more = {
      timeLogged: stamp(at),
      timeQueued: stamp(at - 5),
      'header_Message-Id': `<${hour}-${i}@s.example>`,
    };
    return delivery(hour, i, {
      ...more,
      ...(bad && { type: 'b', bounceCat: 'bad-mailbox', dsnStatus: '5.1.1' }),
    });
  });
  await room.load('acct.csv', csv(rows));
}

/** The logs are old: a summary of what was found in them stands beside it, which is no finding of its own. */
const standing = async () =>
  (await readIncidents(room.store))
    .filter(({ state, kind }) => state !== 'retracted' && kind !== 'backfill')
    .map(({ kind }) => kind);

it('finds what was there before it, and what is committed while it runs', async () => {
  await load();
  await start().idle();
  expect(await standing()).toEqual(['bounce_spike']);
  expect(troubles).toEqual([]);
}, 60_000);

it('takes other rules without a restart, and keeps those in force where the others are wrong', async () => {
  const running = start();
  await load();
  await running.idle();
  expect(await standing()).toEqual(['bounce_spike']);
  rules('{ "kinds": { "bounce_spike": {\n"minFinal": 1000 } } }');
  await running.idle();
  expect(troubles).toEqual([
    expect.stringMatching(/incidents\.json:2: kinds\.bounce_spike\.minFinal: is not known/),
  ]);
  expect(await standing()).toEqual(['bounce_spike']);
  rules('{ "kinds": { "bounce_spike": { "minFinals": 1000 } } }');
  await running.idle();
  expect(troubles).toHaveLength(1);
  expect(await standing()).toEqual([]);
}, 60_000);

it('does not begin with rules that are wrong', () => {
  rules('{ "kinds": { "bounce_spike": { "windowMinutes": -5 } } }');
  expect(start).toThrow(/windowMinutes/);
});

// An incident is told within 30 s of its line in a live log. A look that begins the day before pauses once more on its way.
it('leaves time for the work between a line and its incident', () => {
  expect(DEFAULT_TIMING.pollMs + SETTLING + 2 * LONGEST_PAUSE).toBeLessThanOrEqual(22_000);
});
