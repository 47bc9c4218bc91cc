import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { readFileSync, writeFileSync } from 'node:fs';
import { loadRules, readHeader, normaliseSql } from '.';
const cl = createClient({ connection: createChdbConnection({ path: '/tmp/fc/dbx' + process.pid }) });
const e = { query: (q: string) => cl.command({ query: q }), close: () => cl.close() };
afterAll(() => e.close());
it('bench', async () => {
  const rules = loadRules();
  const header = readFileSync('/tmp/fc/big/one.csv').subarray(0, 2000).toString().split('\n')[0]!.split(',');
  const h = readHeader(header, rules);
  if (!h.ok) throw new Error();
  const sql = normaliseSql(h.layout, rules, {
    timezone: 'UTC',
    keepHeaders: undefined,
    now: Date.now() / 1000,
  });
  writeFileSync('/tmp/fc/sql.txt', sql);
  const cols = header.map((_, i) => `c${i} String`).join(', ');
  const time = async (q: string, n = 3) => {
    const ts = [];
    for (let i = 0; i < n; i++) {
      const t = performance.now();
      await e.query(q);
      ts.push(performance.now() - t);
    }
    return ts.map((x) => x.toFixed(0)).join(' ');
  };
  const out: string[] = [];
  const src0 = `(SELECT 'n1' AS node, * FROM values('${cols}', (${header.map(() => "''").join(',')})))`;
  for (const k of ['AST', 'SYNTAX', 'QUERY TREE', 'PLAN', 'PIPELINE'])
    out.push(`${k} ${await time(`EXPLAIN ${k} SELECT ${sql} FROM ${src0}`)}`);
  out.push(`one row ${await time(`SELECT ${sql} FROM ${src0}`)}`);
  out.push(
    `old analyzer ${await time(`SELECT ${sql} FROM ${src0} SETTINGS enable_analyzer=0`).catch((x) => String(x).slice(0, 200))}`,
  );
  await e.query('CREATE DATABASE b').catch(() => 0);
  await e.query(`CREATE TABLE b.raw (${cols}) ENGINE=Memory`).catch(() => 0);
  const t = performance.now();
  await e
    .query(
      `INSERT INTO b.raw SELECT * FROM file('/tmp/fc/big/acct.csv','CSV','${cols}') SETTINGS input_format_csv_skip_first_lines=1, max_threads=1`,
    )
    .catch(() => 0);
  out.push(`parse to Memory ${(performance.now() - t).toFixed(0)}`);
  out.push(`read memory ${await time(`SELECT * FROM b.raw FORMAT Null SETTINGS max_threads=1`)}`);
  const from = `(SELECT 'n1' AS node, * FROM b.raw)`;
  out.push(`all ${await time(`SELECT ${sql} FROM ${from} FORMAT Null SETTINGS max_threads=1`)}`);
  for (const o of sql.matchAll(/ AS (\w+),?$/gm))
    out.push(
      `${o[1]} ${await time(`SELECT ${o[1]} FROM (SELECT ${sql} FROM ${from}) FORMAT Null SETTINGS max_threads=1`)}`,
    );
  console.log(out.join('\n'));
}, 600000);
