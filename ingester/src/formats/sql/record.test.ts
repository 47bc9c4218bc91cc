import { openEngine } from '../testing';

const engine = openEngine();
afterAll(() => engine.close());

const recordOf = async (type: string, more: Record<string, string> = {}) => {
  const header = ['Type', 'timeLogged', ...Object.keys(more)];
  const [row] = await engine.normalise(header, [[type, '1789430450', ...Object.values(more)]]);
  return row?.error === '' ? row.record : row?.error;
};

it.each([
  ['d', 'd'],
  ['B', 'b'],
  ['t', 't'],
  ['tq', 'tq'],
  ['f', 'f'],
  ['fbl', 'f'],
  ['bounce', 'b'],
  [' acct ', 'd'],
  ['tran', 't'],
  ['r', 'r'],
  ['rs', 'rs'],
  ['rb', 'remote'],
])('type %j is a %s row', async (type, record) => {
  expect(await recordOf(type)).toBe(record);
});

it('takes rb for a block in a block log', async () => {
  expect(await recordOf('rb', { rbType: '' })).toBe('block');
  expect(await recordOf('RB', { domain: 'b.example' })).toBe('block');
});

// A file kind is not an outcome: acct files hold bounces, some tran files hold every attempt.
it.each([
  ['acct', 'failed', 'b'],
  ['acct', 'relayed', 'd'],
  ['tran', 'Relayed', 'd'],
  ['tran', 'failed', 'b'],
  ['tran', 'delayed', 't'],
  ['tran', '', 't'],
  ['d', 'failed', 'd'],
])('type %j with the action %j is a %s row', async (type, dsnAction, record) => {
  expect(await recordOf(type, { dsnAction })).toBe(record);
});

it('refuses a type it does not know, with the text', async () => {
  expect(await recordOf("x'y")).toBe("unknown record type 'x'y'");
  expect(await recordOf('')).toBe("unknown record type ''");
});

it('knows a repeated header line', async () => {
  expect(await recordOf('type')).toMatch(/^repeated header/);
});
