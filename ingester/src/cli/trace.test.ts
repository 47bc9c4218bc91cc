import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { csv, delivery, freshHour, stamp } from '../ingest/ingest.testkit';
import { run } from './program';

let folder: string;
const hour = freshHour();

async function watchtower(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await run(args, { WATCHTOWER_DATA_DIR: path.join(folder, 'data') }, { stdin, stdout, stderr });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchtower-trace-'));
  const log = path.join(folder, 'acct.csv');
  const bounced = {
    timeLogged: stamp(hour + 3600),
    type: 'b',
    dsnStatus: '5.1.1 (no)',
    dsnDiag: 'smtp;550 no',
  };
  writeFileSync(log, csv([delivery(hour, 7), delivery(hour, 8, bounced)]));
  expect(await watchtower('ingest', log)).toMatchObject({ code: 0 });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

test('a message is found by its Message-Id, by job and recipient, and by an event', async () => {
  const byId = await watchtower('trace', `<m${hour}-8@sender.example>`);
  expect(byId.out).toMatch(/bounced +3,597 +user8@gmail\.com +vmta2 +5\.1\.1 +messageId +1 +smtp;550 no/);
  expect(await watchtower('trace', '--job', 'J1', '--recipient', 'USER8@gmail.com')).toEqual(byId);
  const json = await watchtower('trace', `m${hour}-8@sender.example`, '--json');
  const [{ schema, data }] = JSON.parse(json.out) as [
    { schema: { fields: { name: string }[] }; data: { values: string[][] } },
  ];
  const id = data.values[schema.fields.findIndex(({ name }) => name === 'id')]?.[0] ?? '';
  expect(await watchtower('trace', id)).toEqual(byId);
}, 60_000);

test('what is not there, or not named, is said in a line', async () => {
  expect(await watchtower('trace', 'nobody@nowhere')).toEqual({
    code: 1,
    out: '',
    err: 'watchtower: there is no such message\n',
  });
  expect(await watchtower('trace', '--job', 'J1')).toMatchObject({
    code: 2,
    err: 'watchtower: recipient: a trace by job needs the recipient too\n',
  });
}, 60_000);
