import { openEngine } from './testing';

const engine = openEngine();
afterAll(() => engine.close());

const contentColumns = [
  'time record provider domain vmta pool job sender senderDomain sourceIp destinationIp bounceCategory bounceClass',
  'smtpStatus diag size latency queued orig rcpt messageId envId queue mx rbType feedbackType userAgent reportingMta',
  'headers base triple message ref lacks error',
].flatMap((line) => line.split(' '));

it('gives every content column, whatever the layout has', async () => {
  const [poor] = await engine.normalise(['type', 'timeLogged'], [['d', '1789430450']]);
  expect(Object.keys(poor ?? {}).sort()).toEqual([...contentColumns].sort());
  expect(poor).toMatchObject({ size: '0', latency: -1, vmta: '', diag: '', error: '' });
});

it('reads a delivery as PowerMTA writes it', async () => {
  const row = {
    type: 'd',
    timeLogged: '2026-09-15 00:00:50+0000',
    timeQueued: '2026-09-15 00:00:48+0000',
    orig: 'news@mail0.sender6.example',
    rcpt: 'u1@gmail.com',
    dsnAction: 'relayed',
    dsnStatus: '2.0.0 (success)',
    dsnDiag: 'smtp;250 2.0.0 OK 9e37',
    dsnMta: 'gmail-smtp-in.l.google.com (142.250.27.27)',
    bounceCat: '',
    dlvSourceIp: '198.51.100.21',
    dlvDestinationIp: '142.250.27.27',
    dlvSize: '15919',
    vmta: 'VMTA-12',
    jobId: 'J-03',
    envId: 'E1',
    queue: 'gmail.com/VMTA-12',
    vmtaPool: 'pool-c',
    'header_Message-Id': '<9e3779b1.J-03@mail0.sender6.example>',
  };
  const [event] = await engine.normalise(Object.keys(row), [Object.values(row)]);
  expect(event).toMatchObject({
    record: 'd',
    time: '2026-09-15 00:00:50',
    queued: '2026-09-15 00:00:48',
    latency: 2,
    size: '15919',
    provider: 'gmail',
    domain: 'gmail.com',
    vmta: 'VMTA-12',
    pool: 'pool-c',
    job: 'J-03',
    sourceIp: '198.51.100.21',
    destinationIp: '142.250.27.27',
    smtpStatus: '2.0.0',
    diag: 'smtp;250 2.0.0 OK 9e37',
    mx: 'gmail-smtp-in.l.google.com',
    queue: 'gmail.com/VMTA-12',
    envId: 'E1',
    messageId: '9e3779b1.J-03@mail0.sender6.example',
    lacks: 0,
    error: '',
  });
});

it('takes the first filled cell of a column that is named twice', async () => {
  const header = ['type', 'timeLogged', 'vmta', 'vmta', 'dlvSize'];
  const rows = await engine.normalise(header, [
    ['d', '1789430450', 'A', 'B', '12'],
    ['d', '1789430450', '', 'B', 'much'],
  ]);
  expect(rows.map(({ vmta, size }) => [vmta, size])).toEqual([
    ['A', '12'],
    ['B', '0'],
  ]);
});

it('takes texts of strangers as texts', async () => {
  const hostile = `'); DROP TABLE x; -- \\' \\x00 \u0001part_type\u0001 {name:String}`;
  const header = ['type', 'timeLogged', 'dsnDiag', `header_X-${hostile}`, hostile];
  const [row] = await engine.normalise(header, [['tq', '1789430450', hostile, 'v', 'w']]);
  expect(row).toMatchObject({ diag: hostile, headers: { [`x-${hostile.toLowerCase()}`]: 'v' }, error: '' });
});
