import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { csv, delivery, freshHour } from '../ingest/ingest.testkit';
import { run } from './program';

let folder: string;
const hour = freshHour();

async function watchtower(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const env = { WATCHTOWER_DATA_DIR: path.join(folder, 'data'), WATCHTOWER_USER_HEADER: 'Customer-Id' };
  const code = await run(args, env, { stdin, stdout, stderr });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

const file = (name: string, text: string): string => {
  const target = path.join(folder, name);
  writeFileSync(target, text);
  return target;
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchtower-users-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('learns users from the header that is set, takes a list in, and answers by user and by class of reason', async () => {
  const bounced = { type: 'b', dsnStatus: '', dsnDiag: 'smtp;550 [TSS04] no 1234', bounceCat: '' };
  const rows = [
    delivery(hour, 1, { 'header_Customer-Id': 'carl' }),
    delivery(hour, 2, { 'header_Customer-Id': 'carl', jobId: 'J2', ...bounced }),
  ];
  expect(await watchtower('ingest', file('acct.csv', csv(rows, Object.keys(rows[1] ?? {}))))).toMatchObject({
    code: 0,
  });
  const list = file('users.csv', 'job,user\nJ2,dora\n');
  expect(await watchtower('users', 'import', list)).toMatchObject({ code: 0, out: '1 changed\n' });
  expect((await watchtower('users', 'list')).out).toMatch(/J1 +carl +header[^]*J2 +dora +mapping/);
  const query = JSON.stringify({
    from: (hour - 86_400) * 1000,
    to: (hour + 86_400) * 1000,
    queries: [{ refId: 'A', metrics: ['bounced', 'delivered'], groupBy: ['user', 'reasonClass'] }],
  });
  const { out } = await watchtower('query', query);
  expect(out).toMatch(/dora +block +1 +0/);
  expect(out).toMatch(/carl +0 +1/);
});

it('refuses a list that is wrong with its line, and a file that is not there', async () => {
  expect(await watchtower('users', 'import', file('bad.csv', 'job,user\n,x\n'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('line 2: the job is empty') as string,
  });
  expect(await watchtower('users', 'import', path.join(folder, 'none.csv'))).toMatchObject({ code: 1 });
});
