import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openRoom } from '../ingest/ingest.testkit';
import { answerTrace } from './trace';
import { countingReader } from './statistics.testkit';
const DAY = resolve(__dirname, '../../../../shared/data/day-2026-09-15');
test('x', async () => {
  const room = await openRoom();
  for (const name of readdirSync(join(DAY, 'files')))
    await room.load(name, readFileSync(join(DAY, 'files', name)));
  const c = countingReader(room.dataDir);
  const out: unknown[] = [];
  let dump = '';
  const store = {
    read: async (sql: string, o: any) => {
      const t = performance.now();
      const r = await c.read<any>(sql, o);
      out.push([Math.round(performance.now() - t), c.rowsRead(), r.length]);
      dump += sql + '\n' + JSON.stringify(o) + '\n\n';
      return r;
    },
  };
  for (const q of [
    { messageId: '<e707c608e2.J-05@mail2.sender2.example>' },
    { messageId: '<e707c608e2.J-05@mail2.sender2.example>' },
    { job: 'J-05', recipient: 'u19842@gmail.com' },
    { event: '1-7' },
  ]) {
    const t = performance.now();
    await answerTrace(store as any, { refId: 'A', queryType: 'trace', ...q } as any, {} as any);
    out.push('total ' + Math.round(performance.now() - t));
  }
  console.log(JSON.stringify(out), '\n');

  console.log(
    JSON.stringify(
      await c.read(
        "SELECT name, value, default FROM system.settings WHERE name LIKE '%skip_index%' OR name LIKE '%query_plan_max%'",
      ),
    ),
  );
  const T = async (label: string, sql: string) => {
    await c.read(sql).catch(() => 0);
    c.rowsRead();
    const t = performance.now();
    let n = 0;
    for (let i = 0; i < 5; i++) n = (await c.read(sql)).length;
    console.log(label, (performance.now() - t) / 5, c.rowsRead() / 5, n);
  };
  const cols =
    'file,line,ver,sign,time,record,node,provider,domain,vmta,pool,job,sender,senderDomain,sourceIp,destinationIp,mx,bounceCategory,bounceClass,smtpStatus,diag,size,latency,queued,rcpt,messageId,envId,feedbackType,rbType,message,triple,ref,lacks,method,confidence';
  await T(
    'one',
    `SELECT ${cols} FROM watchtower.events WHERE role = 0 AND messageId = 'e707c608e2.J-05@mail2.sender2.example'`,
  );
  await T(
    'one, few columns',
    `SELECT file,line FROM watchtower.events WHERE role = 0 AND messageId = 'e707c608e2.J-05@mail2.sender2.example'`,
  );
  await T(
    'or',
    `SELECT ${cols} FROM watchtower.events WHERE role = 0 AND (messageId = 'e707c608e2.J-05@mail2.sender2.example' OR lower(rcpt) = 'u19842@gmail.com')`,
  );
  await T(
    'or+',
    `SELECT ${cols} FROM watchtower.events WHERE role = 0 AND (messageId = 'e707c608e2.J-05@mail2.sender2.example' OR lower(rcpt) = 'u19842@gmail.com' OR ref IN (5)) SETTINGS use_skip_indexes_for_disjunctions=1`,
  );
  await T(
    'or+ nothing',
    `SELECT ${cols} FROM watchtower.events WHERE role = 0 AND (messageId = 'zzz' OR lower(rcpt) = 'zzz' OR ref IN (5))`,
  );
  await T(
    'union',
    ["messageId = 'e707c608e2.J-05@mail2.sender2.example'", "lower(rcpt) = 'u19842@gmail.com'"]
      .map((w) => `SELECT ${cols} FROM watchtower.events WHERE role = 0 AND ${w}`)
      .join(' UNION ALL '),
  );
  await T(
    'late pk',
    `SELECT ${cols} FROM watchtower.events WHERE role = 0 AND record IN ('f','remote') AND (messageId = 'zzz' OR lower(rcpt) = 'zzz' OR ref IN (5))`,
  );
  await T('max', `SELECT max(time) FROM watchtower.events`);
  await T('1', `SELECT 1`);
  await c.close();
  await room.close();
}, 100000);
