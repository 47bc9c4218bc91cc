import { loadRules } from '../rules';
import { openEngine } from '../testing';
import { isKept } from './headers';

const engine = openEngine();
afterAll(() => engine.close());

const header = [
  'type',
  'timeLogged',
  'header_X-Mailer-RecptId',
  'header_List-Id',
  'header_Subject',
  'header_Return-Path',
];
const cells = ['d', '1789430450', 'r1', '', 'Secret', '<a@b.example>'];

it('keeps the custom headers of the list that are filled, and never the subject unasked', async () => {
  const [row] = await engine.normalise(header, [cells]);
  expect(row?.headers).toEqual({ 'x-mailer-recptid': 'r1' });
  const [all] = await engine.normalise(header, [cells], { keepHeaders: ['*'] });
  expect(all?.headers).toEqual({ 'x-mailer-recptid': 'r1', 'return-path': '<a@b.example>' });
  const [asked] = await engine.normalise(header, [cells], { keepHeaders: ['Subject'] });
  expect(asked?.headers).toEqual({ subject: 'Secret' });
  const [none] = await engine.normalise(header, [cells], { keepHeaders: [] });
  expect(none?.headers).toEqual({});
});

it('takes * for any characters and everything else for itself', () => {
  const patterns = loadRules().headers.keepHeaders;
  expect(isKept('x-anything', patterns)).toBe(true);
  expect(isKept('feedback-id', patterns)).toBe(true);
  expect(isKept('feedback-id2', patterns)).toBe(false);
  expect(isKept('xa', ['x.'])).toBe(false);
  expect(isKept('x-job', ['header_X-*'])).toBe(true);
});

it('hashes the header that names one message', async () => {
  const [one, same, none] = await engine.normalise(header, [cells, cells, ['d', '1789430450']]);
  expect(one?.ref).toBe(same?.ref);
  expect(one?.ref).not.toBe('0');
  expect(none?.ref).toBe('0');
});
