import { openEngine } from '../testing';

const engine = openEngine();
afterAll(() => engine.close());

const header = ['type', 'timeLogged', 'rcpt', 'bounceCat', 'dsnStatus', 'dsnDiag'];
const one = async (type: string, bounceCat: string, dsnStatus: string, dsnDiag: string) =>
  (await engine.normalise(header, [[type, '1789430450', 'a@b.example', bounceCat, dsnStatus, dsnDiag]]))[0];

it.each([
  ['b', 'bad-mailbox', '5.1.1 (bad destination mailbox address)', '', 'hard'],
  ['b', 'Inactive-Mailbox', '', '', 'hard'],
  ['b', 'bad-domain', '', 'blocked using zen.spamhaus.org', 'hard'],
  ['b', 'hard', '550', '', 'hard'],
  ['b', 'soft', '451', '', 'soft'],
  ['b', 'spam-related', '', '', 'block'],
  ['b', 'policy-related', '5.1.1', '', 'block'],
  ['b', 'quota-issues', '5.2.2', '', 'soft'],
  ['b', 'other', '5.1.1', '', 'soft'],
  ['b', 'other', '5.7.1', 'smtp;554 blocked using zen.spamhaus.org', 'block'],
  ['b', 'message-expired', '4.7.0', 'smtp;421 4.7.0 [TSS04] Messages temporarily deferred', 'soft'],
  ['b', '', '5.1.1', '', 'hard'],
  ['b', '', '5.1.10 (null MX)', '', 'hard'],
  ['b', 'our-own', '5.2.1', '', 'hard'],
  ['b', '', '550', 'smtp; 550 5.1.1 User unknown', 'hard'],
  ['b', '', '5.7.1', 'smtp;550 5.7.1 (S3150)', 'block'],
  ['b', '', '', '', 'soft'],
  ['b', '', '', 'smtp;451 greylisted, blocked using nothing', 'soft'],
  ['t', 'policy-related', '4.7.0', '', 'block'],
  ['t', 'other', '4.7.0', 'smtp;421-4.7.28 unusual rate of unsolicited mail', 'block'],
  ['t', 'bad-mailbox', '4.1.1', '', 'soft'],
  ['rb', 'bad-mailbox', '5.1.1', '', 'hard'],
  ['block', '', '4.7.0', 'smtp;451 4.7.650 rate limited due to IP reputation. (S775)', 'block'],
  ['d', 'spam-related', '2.0.0', '', ''],
  ['tq', 'policy-related', '4.7.0', '', ''],
])('class of %s %j %j %j', async (type, category, status, text, bounceClass) => {
  expect(await one(type, category, status, text)).toMatchObject({ bounceClass, error: '' });
});

it('classifies the whole text before it is cut', async () => {
  const row = await one('b', 'other', '', `${'ä'.repeat(700)} spamhaus`);
  expect(row).toMatchObject({ bounceClass: 'block', diag: 'ä'.repeat(500) });
});

it('cuts by characters, not by bytes', async () => {
  expect((await one('b', '', '', '😀'.repeat(600)))?.diag).toBe('😀'.repeat(500));
});

it('drops the word that old releases write on deliveries', async () => {
  expect(await one('d', 'success', '', '')).toMatchObject({ bounceCategory: '' });
  expect(await one('b', 'Bad-Mailbox', '', '')).toMatchObject({ bounceCategory: 'bad-mailbox' });
});

it.each([
  ['5.1.1 (bad destination mailbox address)', 'smtp;550 5.5.0 other', '5.1.1'],
  ['550', 'smtp; 550 5.1.1 User unknown', '5.1.1'],
  ['', 'smtp;550-5.7.26 Unauthenticated', '5.7.26'],
  ['', 'smtp;550 #5.1.0 Address rejected.', '5.1.0'],
  ['', 'smtp;550 rejected 5.7.1.', '5.7.1'],
  ['', 'smtp;421 client 5.9.12.33 is busy', ''],
  ['250', 'smtp; 250 OK', ''],
  ['', '', ''],
])('status of %j and %j', async (status, text, smtpStatus) => {
  expect(await one('b', '', status, text)).toMatchObject({ smtpStatus });
});
