import { readHeader } from './header';
import type { Layout } from './header';
import { loadRules } from './rules';

const rules = loadRules();
const read = (line: string) => readHeader(line.split(','), rules);

function layoutOf(line: string): Layout {
  const result = read(line);
  if (!result.ok) throw new Error(result.message);
  return result.layout;
}

function refusalOf(line: string): string {
  const result = read(line);
  if (result.ok) throw new Error(`accepted: ${line}`);
  return result.message;
}

it('knows columns by any spelling, so that exporters and old releases load', () => {
  const { positions } = layoutOf('\uFEFF#type,TIME_LOGGED,Recipient,message_id,vmta-pool,Event Id');
  expect(positions).toEqual({
    type: [0],
    timeLogged: [1],
    rcpt: [2],
    messageId: [3],
    vmtaPool: [4],
    eventId: [5],
  });
});

it('keeps unknown columns and logged mail headers apart', () => {
  const layout = layoutOf(
    'Event-Type,timestamp,custom,header_Message-Id,header_X-Mailer-RecptId,header_x-mailer-recptid',
  );
  expect(layout.others).toEqual({ custom: [2] });
  expect(layout.headers).toEqual({ 'message-id': [3], 'x-mailer-recptid': [4, 5] });
  expect(layout.positions.messageId).toEqual([3]);
});

it('notes a column that is named twice', () => {
  expect(layoutOf('type,timeLogged,vmta,vmta').positions.vmta).toEqual([2, 3]);
});

it('tells the two meanings of rb by the block log columns', () => {
  expect(layoutOf('type,timeLogged,rcpt').blockLog).toBe(false);
  expect(layoutOf('type,timeLogged,domain').blockLog).toBe(true);
  expect(layoutOf('type,timeLogged,rbType').blockLog).toBe(true);
});

it('calls a layout with more known columns richer', () => {
  const poor = layoutOf('type,timeLogged,one,two,three').richness;
  expect(layoutOf('type,timeLogged,rcpt').richness).toBeGreaterThan(poor);
});

it('takes timeQueued where there is no timeLogged', () => {
  expect(read('type,timeQueued,rcpt').ok).toBe(true);
});

it.each([
  ['name,price', /no column type and no timeLogged \(or timeQueued\); found: name, price/],
  ['type,rcpt', /no column timeLogged \(or timeQueued\); found: type, rcpt/],
  ['timeLogged,rcpt', /no column type; found: timeLogged, rcpt/],
  [',,', /the header line is empty/],
  [
    'd,2026-09-15 00:00:50+0000,a@b.example',
    /starts with a record, not with a header line: put the line with the column names/,
  ],
  ['b,1789430450,a@b.example', /starts with a record/],
])('refuses %j and says why', (line, message) => {
  expect(refusalOf(line)).toMatch(message);
});

it('does not repeat a whole unreadable line in its message', () => {
  expect(refusalOf(Array.from({ length: 50 }, () => 'x'.repeat(1000)).join(',')).length).toBeLessThan(600);
});
