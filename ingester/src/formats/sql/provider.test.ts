import { openEngine } from '../testing';

const engine = openEngine();
afterAll(() => engine.close());

const one = async (cells: Record<string, string>) => {
  const { type = 'd', ...others } = cells;
  const header = ['type', 'timeLogged', ...Object.keys(others)];
  return (await engine.normalise(header, [[type, '1789430450', ...Object.values(others)]]))[0];
};

it.each([
  [{ rcpt: 'a@GMAIL.com' }, 'gmail'],
  [{ rcpt: 'a@aol.com' }, 'yahoo'],
  [{ rcpt: 'a@web.de' }, 'gmx'],
  [{ rcpt: 'a@corp.example' }, 'corp.example'],
  [{ rcpt: 'a@corp.example', dsnMta: 'ASPMX.L.Google.com (142.250.27.27)' }, 'gmail'],
  [{ rcpt: 'a@corp.example', dsnMta: 'corp-example.mail.protection.outlook.com (52.101.73.5)' }, 'microsoft'],
  [{ rcpt: 'a@corp.example', dsnMta: 'mx.notgoogle.com (1.2.3.4)' }, 'corp.example'],
  [{ rcpt: 'a@corp.example', dsnMta: 'mx.google.com.evil.example' }, 'corp.example'],
  [{ rcpt: 'a@gmail.com', dsnMta: 'mx.relay.example' }, 'gmail'],
  [{ rcpt: 'a@corp.example', queue: 'yahoo.rollup/VMTA-18' }, 'yahoo'],
  [{ rcpt: 'a@corp.example', dsnMta: 'mx.corp.example', queue: 'yahoo.rollup/VMTA-18' }, 'yahoo'],
  [{ type: 'tq', queue: 'yahoo.rollup/VMTA-18' }, 'yahoo'],
  [{ type: 'tq', queue: 'gmail.com/VMTA-18' }, 'gmail'],
  [{ rcpt: '' }, ''],
  [{ type: 'f', rcpt: '', reportingMta: 'staff.hotmail.com' }, 'microsoft'],
  [{ type: 'f', rcpt: '', reportingMta: 'dns; fbl.gmx.net' }, 'gmx'],
  [{ type: 'f', rcpt: 'a@corp.example', reportingMta: 'staff.hotmail.com' }, 'corp.example'],
])('provider of %j', async (cells, provider) => {
  expect(await one(cells)).toMatchObject({ provider });
});

it.each([
  ['MX.Corp.example (10.0.0.1)', 'mx.corp.example'],
  ['mx.corp.example.', 'mx.corp.example'],
  ['mx.corp.example(10.0.0.1)', 'mx.corp.example'],
  ['', ''],
])('host of %j', async (dsnMta, mx) => {
  expect(await one({ rcpt: 'a@b.example', dsnMta })).toMatchObject({ mx });
});
