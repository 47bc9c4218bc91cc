import { openEngine } from '../testing';
import type { Row } from '../testing';

const engine = openEngine();
afterAll(() => engine.close());

async function event(cells: Record<string, string>, node?: string): Promise<Row> {
  const full: Record<string, string> = { type: 'd', timeLogged: '2026-09-15 00:00:50+0000', ...cells };
  const [row] = await engine.normalise(Object.keys(full), [Object.values(full)], {}, node);
  if (row === undefined || row.error !== '') throw new Error(String(row?.error));
  return row;
}
const base = async (cells: Record<string, string>, node?: string) => (await event(cells, node)).base;

const copy = { type: 'b', orig: 'News@x.example', rcpt: 'A@b.example' };

it('is the same for copies of an event whose layouts, spelling and time format differ', async () => {
  const other = {
    rcpt: '<a@B.example>',
    type: 'bounce',
    orig: 'news@x.example',
    timeLogged: '1789430450',
    vmta: 'V',
  };
  expect(await base(other)).toBe(await base(copy));
});

it.each([
  ['record type', { ...copy, type: 't' }],
  ['time', { ...copy, timeLogged: '2026-09-15 00:00:51+0000' }],
  ['sender', { ...copy, orig: 'other@x.example' }],
  ['recipient', { ...copy, rcpt: 'c@b.example' }],
])('differs by %s', async (_, cells) => {
  expect(await base(cells)).not.toBe(await base(copy));
});

it('differs by node', async () => {
  expect(await base(copy, 'n2')).not.toBe(await base(copy));
});

it('goes by the id that a source gives', async () => {
  const one = await base({ ...copy, event_id: 'e1' });
  expect(await base({ ...copy, rcpt: 'other@b.example', event_id: 'e1' })).toBe(one);
  // An exporter may number the rows of each of its files.
  expect(await base({ ...copy, type: 't', event_id: 'e1' })).not.toBe(one);
  expect(await base({ ...copy, event_id: 'e2' })).not.toBe(one);
  expect(await base({ ...copy, event_id: '' })).toBe(await base(copy));
});

describe('of a row without a recipient', () => {
  const row = { type: 'tq', vmta: 'V1', queue: 'b.example/V1', dsnDiag: 'text' };

  it('does not depend on the order of columns or on empty ones', async () => {
    const moved = {
      dsnDiag: 'text',
      queue: 'b.example/V1',
      jobId: '',
      Custom: '',
      rcpt: '',
      vmta: 'V1',
      type: 'TQ',
    };
    expect(await base(moved)).toBe(await base(row));
  });

  it.each([
    ['a known column', { ...row, dsnDiag: 'other' }],
    ['an unknown column', { ...row, custom: 'x' }],
    ['a mail header', { ...row, header_Subject: 'x' }],
    ['which column holds a text', { type: 'tq', vmta: 'b.example/V1', queue: 'V1', dsnDiag: 'text' }],
    ['time', { ...row, timeLogged: '2026-09-15 00:00:51+0000' }],
  ])('differs by %s', async (_, cells) => {
    expect(await base(cells)).not.toBe(await base(row));
  });
});

describe('the message key', () => {
  const queued = { timeQueued: '2026-09-15 00:00:40+0000' };

  it('takes what stands behind the last @ for the host', async () => {
    const { messageId } = await event({ rcpt: 'a@b.example', 'header_Message-Id': '<Ab@C.1@Host.Example>' });
    expect(messageId).toBe('Ab@C.1@host.example');
  });

  it('is the Message-Id and the recipient, however they are spelt', async () => {
    const one = await event({
      rcpt: 'a@b.example',
      'header_Message-Id': '<Ab.1@Host.Example>',
      jobId: 'J1',
      ...queued,
    });
    const two = await event({ rcpt: 'A@b.example', message_id: 'Ab.1@host.example' });
    expect(one.messageId).toBe('Ab.1@host.example');
    expect(two.message).toBe(one.message);
    expect((await event({ rcpt: 'c@b.example', message_id: 'Ab.1@host.example' })).message).not.toBe(
      one.message,
    );
    expect((await event({ rcpt: 'a@b.example', message_id: 'ab.1@host.example' })).message).not.toBe(
      one.message,
    );
  });

  it('is else the job, recipient and queue time, else the sender, recipient and queue time', async () => {
    const byJob = await event({ rcpt: 'a@b.example', jobId: 'J1', orig: 'x@x.example', ...queued });
    expect((await event({ rcpt: 'a@b.example', jobId: 'J1', orig: 'y@x.example', ...queued })).message).toBe(
      byJob.message,
    );
    const bySender = await event({ rcpt: 'a@b.example', orig: 'x@x.example', ...queued });
    expect(bySender.message).not.toBe(byJob.message);
    expect(bySender.message).toBe(bySender.triple);
  });
});

it('says which ids a row lacks', async () => {
  const ids = { rcpt: 'a@b.example', jobId: 'J1', message_id: 'm@h' };
  expect((await event(ids)).lacks).toBe(0);
  expect((await event({ ...ids, jobId: '' })).lacks).toBe(1);
  expect((await event({ ...ids, message_id: '' })).lacks).toBe(2);
  expect((await event({ rcpt: 'a@b.example' })).lacks).toBe(3);
});

it('has a triple only with a recipient and a queue time', async () => {
  expect((await event({ rcpt: 'a@b.example' })).triple).toBe('0');
  expect((await event({ timeQueued: '1789430440' })).triple).toBe('0');
  expect((await event({ rcpt: 'a@b.example', timeQueued: '1789430440' })).triple).not.toBe('0');
});

it('takes the job of a complaint from the logged header', async () => {
  expect((await event({ type: 'f', 'header_X-job': 'J-17' })).job).toBe('J-17');
  expect((await event({ type: 'd', jobId: 'J-1', 'header_X-job': 'J-17' })).job).toBe('J-1');
});
