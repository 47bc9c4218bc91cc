import { driftOfRollups } from '../recount.testkit';
import { CommitBench, standing, type TestRow } from './commit.testkit';

let bench: CommitBench;
/** Each test has its own days and its own names. */
let start = 1_789_430_400;
let name = 0;

beforeAll(async () => {
  bench = await CommitBench.open();
});

afterAll(() => bench.close());

beforeEach(() => {
  start += 100 * 86_400;
  name++;
});

let file = 0;
async function load(...rows: Omit<TestRow, 'file' | 'line'>[]): Promise<number> {
  file++;
  await bench.load(rows.map((row, i) => ({ ...row, file, line: i + 1 })));
  return file;
}

const rcpt = () => `user${name}@hotmail.com`;
const delivery = (at: number, more: Partial<TestRow> = {}) => ({
  record: 'd',
  time: start + at,
  orig: 'news@shop.example',
  senderDomain: 'shop.example',
  rcpt: rcpt(),
  vmta: 'v1',
  job: `J${name}`,
  messageId: `m${name}-${at}`,
  ...more,
});
const complaint = (at: number, more: Partial<TestRow> = {}) => ({
  record: 'f',
  time: start + at,
  senderDomain: 'shop.example',
  ...more,
});

/** The complaints of this test as they stand, in the order of time. */
async function complaints(): Promise<Record<string, string | number>[]> {
  const rows = (await standing(bench.store)).map((row) => JSON.parse(row) as Record<string, string | number>);
  return rows.filter(({ record, time }) => record === 'f' && Number(time) >= start - 50 * 86_400);
}

async function methods(): Promise<unknown[]> {
  return (await complaints()).map(({ method }) => method);
}

/** What the complaint of this test says now. */
async function found(): Promise<string> {
  const own = await complaints();
  expect(own).toHaveLength(1);
  const { method, vmta, job, domain } = own[0] as Record<string, string>;
  return [method, vmta, job, domain].join(' ');
}

describe('a complaint finds its delivery', () => {
  afterEach(async () => expect(await driftOfRollups(bench.store)).toEqual([]));

  it('by message id first, whichever file came first', async () => {
    await load(complaint(500, { messageId: `m${name}-10`, rcpt: rcpt() }));
    expect(await found()).toBe('   hotmail.com');
    await load(delivery(10), delivery(400, { vmta: 'v2', job: 'other' }));
    expect(await found()).toBe(`messageId v1 J${name} hotmail.com`);
  });

  it('by job and recipient: the nearest delivery before it, also when that is loaded later', async () => {
    await load(delivery(10));
    await load(complaint(500, { job: `J${name}`, rcpt: rcpt() }));
    expect(await found()).toBe(`jobId+rcpt v1 J${name} hotmail.com`);
    const nearer = await load(delivery(300, { vmta: 'v3' }), delivery(600, { vmta: 'v9' }));
    expect(await found()).toBe(`jobId+rcpt v3 J${name} hotmail.com`);
    await bench.remove(nearer);
    expect(await found()).toBe(`jobId+rcpt v1 J${name} hotmail.com`);
  });

  it('by the site’s own header, which gives the domain too, unless that names two messages', async () => {
    await load(complaint(500, { ref: 7000 + name }));
    await load(delivery(10, { ref: 7000 + name }));
    expect(await found()).toBe(`customHeader v1 J${name} hotmail.com`);
    await load(delivery(20, { ref: 7000 + name, rcpt: 'someone@else.example' }));
    expect(await found()).toBe('   ');
  });

  it('by recipient within 72 hours, and says when there was more than one', async () => {
    await load(complaint(80 * 3600, { rcpt: rcpt() }));
    await load(delivery(60));
    expect(await found()).toBe('   hotmail.com');
    await load(delivery(70 * 3600, { vmta: 'v4' }));
    expect(await found()).toBe(`rcpt+time v4 J${name} hotmail.com`);
    await load(delivery(79 * 3600, { vmta: 'v5', senderDomain: 'other.example' }));
    expect(await found()).toBe(`rcpt+time v4 J${name} hotmail.com`);
    await load(delivery(75 * 3600, { vmta: 'v6' }));
    expect(await found()).toBe(`rcpt+time (ambiguous) v6 J${name} hotmail.com`);
  });

  it('and gives everything back when its delivery is deleted', async () => {
    const sent = await load(delivery(10));
    await load(complaint(500, { messageId: `m${name}-10` }));
    expect(await found()).toBe(`messageId v1 J${name} hotmail.com`);
    await bench.remove(sent);
    expect(await found()).toBe('   ');
  });

  it('by an id that its delivery takes from its message later, and without it when it is given back', async () => {
    const at = { queued: start, messageId: '' };
    await load(delivery(10, at));
    await load(complaint(500, { messageId: `m${name}` }));
    expect(await found()).toBe('   ');
    const attempt = delivery(5, { ...at, record: 't', messageId: `m${name}` });
    const giving = await load(attempt);
    expect(await found()).toBe(`messageId v1 J${name} hotmail.com`);
    await bench.remove(giving);
    expect(await found()).toBe('   ');
    await load(attempt);
    await load({ ...attempt, time: start + 6, messageId: `other${name}` });
    expect(await found()).toBe('   ');
  });

  it('by a return path that names one mail, within 72 hours, where its recipient finds none', async () => {
    const verp = `bounce-${name}-ann=example.org@x.example`;
    await load(complaint(80 * 3600, { orig: verp.toUpperCase(), rcpt: `redacted${name}@isp.example` }));
    await load(delivery(60, { orig: verp }));
    expect(await found()).toBe('   isp.example');
    await load(delivery(70 * 3600, { orig: verp, vmta: 'v4' }));
    expect(await found()).toBe(`orig+time v4 J${name} isp.example`);
    const second = await load(delivery(71 * 3600, { orig: verp, vmta: 'v5' }));
    expect(await found()).toBe(`orig+time (ambiguous) v5 J${name} isp.example`);
    await bench.remove(second);
    expect(await found()).toBe(`orig+time v4 J${name} isp.example`);
    await load(delivery(79 * 3600, { rcpt: `redacted${name}@isp.example`, vmta: 'v6' }));
    expect(await found()).toBe(`rcpt+time v6 J${name} isp.example`);
  });

  it('but not by a return path that all mail of a sender has', async () => {
    await load(complaint(500, { orig: 'news@shop.example' }));
    await load(delivery(10));
    expect(await found()).toBe('   ');
  });

  it('not by a recipient or return path with over 1,000 deliveries, counted for each complaint by itself', async () => {
    const orig = `b-${name}00000000@x.example`;
    const many = Array.from({ length: 1000 }, (_, i) =>
      delivery(1000 + i, { orig, messageId: `m${name}-${i}` }),
    );
    await load(...many);
    await load(complaint(5000, { rcpt: rcpt(), orig }));
    expect(await found()).toBe(`rcpt+time (ambiguous) v1 J${name} hotmail.com`);
    // A complaint elsewhere in time draws more deliveries into the look-up, not into the reach of the first.
    await load(
      delivery(86_400, { orig }),
      complaint(90_000, { rcpt: rcpt(), orig, time: start - 40 * 86_400 }),
    );
    expect(await methods()).toEqual(['', 'rcpt+time (ambiguous)']);
    const last = await load(delivery(4000, { orig }));
    expect(await methods()).toEqual(['', '']);
    await bench.remove(last);
    expect(await methods()).toEqual(['', 'rcpt+time (ambiguous)']);
  });
});
