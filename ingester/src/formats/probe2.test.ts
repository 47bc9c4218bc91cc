import { createClient } from '@clickhouse/client'; import { createChdbConnection } from 'chdb/connection';
import { readFileSync } from 'node:fs';
import { loadRules, readHeader, normaliseSql } from '.';
const cl = createClient({ connection: createChdbConnection({ path: '/tmp/fc/dbx' + process.pid }) } as any); const e = { query: (q: string) => cl.command({ query: q }), close: () => cl.close() };
afterAll(() => e.close());
it('bench', async () => {
  const rules = loadRules();
  const header = readFileSync('/tmp/fc/big/one.csv').subarray(0, 2000).toString().split('\n')[0]!.split(',');
  const h = readHeader(header, rules);
  if (!h.ok) throw new Error();
  const opt = { timezone: 'UTC', keepHeaders: undefined, now: Date.now() / 1000 };
  const sql = normaliseSql(h.layout, rules, opt);
  const cols = header.map((_, i) => `c${i} String`).join(', ');
  const time = async (q: string, n = 5) => { const ts = []; for (let i = 0; i < n; i++) { const t = performance.now(); await e.query(q); ts.push(performance.now() - t); } return ts.map((x) => x.toFixed(0)).join(' '); };
  const out: string[] = [];
  await e.query('CREATE DATABASE b').catch(() => 0);
  await e.query(`CREATE TABLE b.raw (${cols}) ENGINE=Memory`).catch(() => 0);
  await e.query(`INSERT INTO b.raw SELECT * FROM file('/tmp/fc/big/acct.csv','CSV','${cols}') SETTINGS input_format_csv_skip_first_lines=1, max_threads=1`).catch(() => 0);
  const from = `(SELECT 'n1' AS node, * FROM b.raw)`;
  out.push(`all ${await time(`SELECT ${sql} FROM ${from} FORMAT Null SETTINGS max_threads=1`)}`);
  const parts = sql.split(/,\n(?=)/);
  // leave one out: replace output expr
  const verp = `(SELECT 'n1' AS node, * REPLACE(concat('b-', hex(cityHash64(c4)), '@', domain(c3)) AS c3) FROM b.raw)`;
  out.push(`verp ${await time(`SELECT ${sql} FROM ${verp} FORMAT Null SETTINGS max_threads=1`)}`);
  const norcpt = `(SELECT 'n1' AS node, * REPLACE('' AS c4) FROM b.raw)`;
  if(0) out.push(`norcpt ${await time(`SELECT ${sql} FROM ${norcpt} FORMAT Null SETTINGS max_threads=1`)}`);
  const t = `(SELECT 'n1' AS node, * REPLACE('t' AS c0, 'our' AS c10) FROM b.raw)`;
  out.push(`all t with text rules ${await time(`SELECT ${sql} FROM ${t} FORMAT Null SETTINGS max_threads=1`)}`);
  const iso = `(SELECT 'n1' AS node, * REPLACE(concat(substring(c1,1,10),'T',substring(c1,12,8),'Z') AS c1) FROM b.raw)`;
  out.push(`iso T Z ${await time(`SELECT ${sql} FROM ${iso} FORMAT Null SETTINGS max_threads=1`)}`);
  for (const g of ['sender'])
   out.push(`${g} ${await time(`SELECT ${g} FROM (SELECT ${sql} FROM ${from}) FORMAT Null SETTINGS max_threads=1`, 3)}`);
  console.log(out.join('\n'));
}, 600000);
