import { rowsFrame, type ColumnKind, type Json } from './frames';
import { maskFrames, maskText } from './masking';
import type { QueryType } from './schema';

const masked = (queryType: QueryType, name: string, cell: string | Json, dimension = '') => {
  const kind: ColumnKind = typeof cell === 'string' ? 'text' : 'json';
  const frame = rowsFrame([{ name, kind }], [[cell]], { refId: 'A', notices: [], custom: {} });
  return maskFrames([frame], { queryType, dimension })[0]?.data.values[0]?.[0];
};

it.each([
  ['ann@example.org', 'a***@example.org'],
  ['a@example.org', 'a***@example.org'],
  ['"ann lee"@example.org', '"***@example.org'],
  ['"a@b"@example.org', '"***@example.org'],
  ['postmaster', 'p***'],
  ['😀x@example.org', '😀***@example.org'],
  ['@example.org', '***@example.org'],
  ['', ''],
])('the recipient %s is shown as %s', (address, shown) => {
  expect(masked('events', 'recipient', address)).toBe(shown);
});

it('a return path hides the recipient that it carries', () => {
  expect(masked('events', 'orig', 'bounce-1-ann=example.org@news.example')).toBe('b***@news.example');
});

it.each([
  ['550 <ann@example.org>: no such user', '550 <a***@example.org>: no such user'],
  ['see https://x.example/?to=ann%40example.org', 'see https:/***%40example.org'],
  ['rcpt:ann.lee+tag@example.org;bob@example.org', 'rcpt:a***@example.org;b***@example.org'],
  ['"ann lee"@example.org refused', '"***@example.org refused'],
  ['b,2026-09-15,news@s.example,ann@example.org,"x"', 'b,2026-09-15,n***@s.example,a***@example.org,"x"'],
  ['421 try again later', '421 try again later'],
])('the text %j hides whoever is named in it', (text, shown) => {
  expect(maskText(text)).toBe(shown);
  expect(masked('ingestErrors', 'raw', text)).not.toContain('ann');
});

it('labels and headers hide recipients; senders, jobs and ids of messages stay as they are', () => {
  const labels = { sender: 'news@s.example', messageId: 'm1@s.example', 'x-to': 'ann@example.org' };
  expect(masked('events', 'labels', labels)).toEqual({ ...labels, 'x-to': 'a***@example.org' });
  expect(masked('trace', 'sender', 'news@s.example')).toBe('news@s.example');
  expect(masked('values', 'value', 'news@s.example', 'sender')).toBe('news@s.example');
  expect(masked('values', 'value', 'ann@example.org', 'recipient')).toBe('a***@example.org');
  expect(masked('flows', 'source', 'news@s.example')).toBe('news@s.example');
});

// A list that became an object, or a link that was cut, would leave Viewers without what stands behind an incident.
it('what stands behind an incident, and where it leads, stays as it is; lists stay lists', () => {
  const link = '/d/pmta-job?var-job=J-1&var-sender=news%40s.example';
  const linked = [{ dimension: 'sender', value: 'news@s.example', share: 0.5, link }];
  expect(masked('incidents', 'linked', linked)).toEqual(linked);
  expect(masked('incidents', 'link', link)).toBe(link);
  expect(masked('events', 'labels', [{ 'x-to': 'ann@example.org', share: 1 }])).toEqual([
    { 'x-to': 'a***@example.org', share: 1 },
  ]);
});

it('takes time in proportion to the text, however it is made', () => {
  const start = Date.now();
  for (const part of ['a', 'a.', '"', '%40', 'a@', '"a']) maskText(part.repeat(100_000));
  expect(Date.now() - start).toBeLessThan(2000);
});
