import { openEngine } from '../testing';
import fc from 'fast-check';
import { toAsciiDomains } from '../domains';
import { isVerp, mayBeVerp } from './address';
import { quote } from './text';

const engine = openEngine();
afterAll(() => engine.close());

const time = '1789430450';
const one = async (cells: Record<string, string>, options = {}) => {
  const header = ['type', 'timeLogged', ...Object.keys(cells)];
  return (await engine.normalise(header, [['d', time, ...Object.values(cells)]], options))[0];
};

it.each([
  ['bounce+user=dom.tld@x.example', 'bounce@x.example'],
  ['bounce-user=dom.tld@x.example', 'bounce@x.example'],
  ['bounce-joe-smith=dom.tld@x.example', 'bounce@x.example'],
  ['Bounce+Joe.Smith=Dom.Tld@X.example', 'bounce@x.example'],
  ['prvs=0123abcdef=news@x.example', 'news@x.example'],
  ['msprvs1=abc123=news@x.example', 'news@x.example'],
  ['SRS0=abcd=XY=dom.tld=user@x.example', 'srs0@x.example'],
  ['b-18c2f3a4d5@x.example', 'b@x.example'],
  ['b-18c2f3a4d5-news@x.example', 'b-news@x.example'],
  ['b-18c2f3a4d5-99887766@x.example', 'b@x.example'],
  ['b-18c2f3a4d5-news-123456@x.example', 'b-news@x.example'],
  ['b-550e8400-e29b-41d4-a716-446655440000@x.example', 'b@x.example'],
  ['0100018f2a3b4c5d-550e8400-e29b-41d4-a716-446655440000-000000@x.example', '@x.example'],
  ['20260115-news@x.example', 'news@x.example'],
  ['news@12345678.example', 'news@12345678.example'],
  ['news@mail.12345678.example', 'news@mail.12345678.example'],
  ['b-1234-abc@x.example', 'b-1234-abc@x.example'],
  ['10001@x.example', '10001@x.example'],
  ['news+tag@x.example', 'news+tag@x.example'],
  ['news-letter@x.example', 'news-letter@x.example'],
  ['<News@X.example>', 'news@x.example'],
  ['', ''],
  ['nobody', 'nobody'],
])('sender of %j', async (orig, sender) => {
  const row = await one({ orig, rcpt: 'a@b.example' });
  expect(row).toMatchObject({ sender, senderDomain: sender.includes('@') ? sender.split('@')[1] : '' });
});

it.each([
  ['"Sender 9, Inc." <News@Mail0.example>', 'news@mail0.example'],
  ['"other@x.example" <news@mail0.example>', 'news@mail0.example'],
  ['news@mail0.example', 'news@mail0.example'],
  ['news@mail0.example (The News)', 'news@mail0.example'],
  ['Undisclosed', 'bounce@x.example'],
  ['', 'bounce@x.example'],
])('sender of a mail with From %j', async (from, sender) => {
  expect(await one({ orig: 'bounce+a=b.example@x.example', header_From: from })).toMatchObject({ sender });
});

it.each([
  [{ rcpt: '<U1@Gmail.com>' }, 'gmail.com'],
  [{ rcpt: '"odd@local"@b.example' }, 'b.example'],
  [{ rcpt: 'a@b.example.' }, 'b.example'],
  [{ rcpt: 'redacted' }, ''],
  [{ rcpt: 'a@b.example', domain: 'c.example' }, 'b.example'],
  [{ rcpt: '', domain: 'C.example' }, 'c.example'],
  [{ rcpt: '', domain: '', queue: 'D.example/VMTA-1' }, 'd.example'],
  [{ rcpt: 'redacted', queue: 'd.example/VMTA-1' }, 'd.example'],
  [{ rcpt: '', queue: 'yahoo.rollup/VMTA-1' }, ''],
  [{ rcpt: '', queue: 'queue-1' }, ''],
])('domain of %j', async (cells, domain) => {
  expect(await one(cells)).toMatchObject({ domain });
});

it('keeps the spelling of addresses, without brackets', async () => {
  expect(await one({ orig: '<News@X.example>', rcpt: ' <U1@Gmail.com> ' })).toMatchObject({
    orig: 'News@X.example',
    rcpt: 'U1@Gmail.com',
  });
});

it('turns the domains that it is told about into ASCII, so that both spellings are one domain', async () => {
  const cells = { orig: 'news@müller.example', rcpt: 'a@bücher.example' };
  const before = await one(cells);
  expect(before).toMatchObject({ domain: 'bücher.example', senderDomain: 'müller.example' });
  const asciiDomains = toAsciiDomains([String(before?.domain), String(before?.senderDomain)]);
  expect(await one(cells, { asciiDomains })).toMatchObject({
    domain: 'xn--bcher-kva.example',
    senderDomain: 'xn--mller-kva.example',
    sender: 'news@xn--mller-kva.example',
    rcpt: 'a@bücher.example',
  });
});

// A path that the service takes for a plain one is never asked for: complaints that came by it would be missed.
it('what may not name one mail by its letters does not by its patterns', async () => {
  const piece = fc.constantFrom(
    ...['news', 'a', 'bounce', 'prvs', 'msprvs1', 'srs0', 'srs1', '=', '+', '-', '_', '.', '@'],
    ...['1234', '12345', 'abcdef0', '0abcdef1', '550e8400-e29b-41d4-a716-446655440000', 'x.example'],
  );
  const paths = fc.sample(
    fc.array(piece, { maxLength: 7 }).map((pieces) => `${pieces.join('')}@x.example`),
    { numRuns: 3000, seed: 5 },
  );
  const values = paths.map((path) => `(${quote(path)})`).join(', ');
  const found = await engine.query(
    `SELECT path FROM values('path String', ${values}) WHERE ${isVerp('path')}`,
  );
  expect(found.length).toBeGreaterThan(500);
  expect(paths.filter((path) => !mayBeVerp(path)).length).toBeGreaterThan(300);
  expect(found.filter(({ path }) => !mayBeVerp(String(path)))).toEqual([]);
});
