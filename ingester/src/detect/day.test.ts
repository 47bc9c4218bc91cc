import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWatch } from './detect.testkit';

const DAY = '/work/shared/data/day-2026-09-15';
const clock = (t: number) => new Date(t * 1000).toISOString().slice(11, 16);

it('day', async () => {
  const watch = await openWatch();
  const files = join(DAY, 'files');
  const t0 = Date.now();
  for (const name of readdirSync(files)) await (await watch.room.ingest.submit(join(files, name), { origin: 'cli' })).done;
  const t1 = Date.now();
  const records = await watch.look();
  const t2 = Date.now();
  console.log('load', t1 - t0, 'look', t2 - t1);
  console.log(records.map((r) => `${r.kind} ${r.provider} ${r.pool} ${r.vmta} ${r.job} ${clock(r.start)}-${clock(r.finish)} ${r.severity} ${r.state} hist ${r.historical} rate ${r.rate} base ${r.baseline} wait ${r.waiting} n ${r.attempts} sym ${r.symptomOf}\n   ${r.sentence}`).join('\n'));
  const truth = JSON.parse(readFileSync(join(DAY, 'truth.json'), 'utf8'));
  console.log(truth.incidents.map((i: any) => `${i.kind} ${JSON.stringify(i.entity)} ${clock(i.start)}-${clock(i.end)}`).join('\n'));
  await watch.close();
}, 300000);
