import { openEngine } from './testing';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { loadRules, readHeader, normaliseSql } from '.';
const e = openEngine();
afterAll(() => e.close());
const root = '/work/shared/data';
const rules = loadRules();
for (const d of readdirSync(root).filter((n) => n !== 'README.md'))
  it(d, async () => {
    const dir = existsSync(`${root}/${d}/files`) ? `${root}/${d}/files` : `${root}/${d}`;
    const all: any[] = [];
    const isp: any = {};
    const cats: any = {};
    const sd: any = {};
    const dom: any = {};
    const recs: any = {};
    const cls: any = {};
    for (const f of readdirSync(dir)) {
      const raw = readFileSync(`${dir}/${f}`);
      const text = (f.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8');
      const header = (parse(text.slice(0, text.indexOf('\n')), { bom: true }) as string[][])[0]!;
      const h = readHeader(header, rules);
      if (!h.ok) throw new Error(h.message);
      const sql = normaliseSql(h.layout, rules, {
        timezone: 'UTC',
        keepHeaders: undefined,
        now: Date.now() / 1000,
      });
      const cols = header.map((_, i) => `c${i} String`).join(', ');
      const src = `(SELECT 'n1' AS node, * FROM file('${dir}/${f}', 'CSV', '${cols}'${f.endsWith('.gz') ? ", 'gz'" : ''}))`;
      const t0 = Date.now();
      await e.query(`EXPLAIN SELECT ${sql} FROM ${src}`);
      const t1 = Date.now();
      const settings = `SETTINGS input_format_csv_skip_first_lines=1, input_format_csv_allow_variable_number_of_columns=0`;
      const rows = await e.query(`SELECT ${sql} FROM ${src} ${settings}`);
      console.log(
        f,
        rows.length,
        'analyse',
        t1 - t0,
        'sql',
        sql.length,
        'errors',
        rows.filter((r) => r.error).length,
        rows.find((r) => r.error)?.error,
      );
      if (d.startsWith('watch'))
        console.log(
          rows
            .map((r) =>
              [
                r.record,
                r.time,
                r.queued,
                r.provider,
                r.domain,
                r.smtpStatus,
                r.bounceCategory,
                r.bounceClass,
                r.job,
                r.mx,
                r.pool,
                r.latency,
              ].join(' '),
            )
            .join('\n'),
        );
      const fallback = new Set();
      for (const r of rows) {
        recs[`${f.slice(0, 4)} ${r.record}`] = (recs[`${f.slice(0, 4)} ${r.record}`] ?? 0) + 1;
        const k: any = {
          d: 'delivered',
          b: 'bounced',
          t: 'deferrals',
          f: 'complaints',
          block: 'rb',
          remote: 'rb',
        }[r.record as string];
        if (f.startsWith('bounce') || (d === 'small-seed' && f.startsWith('tran') && r.record !== 't'))
          continue;
        const p = String(r.provider).includes('.') ? 'corporate' : String(r.provider);
        for (const [m, key] of [
          [isp, p],
          [sd, r.senderDomain],
          [dom, r.domain],
        ] as any) {
          m[key] ??= {};
          m[key][k] = (m[key][k] ?? 0) + 1;
        }
        cls[`${r.record} ${r.bounceClass}`] = (cls[`${r.record} ${r.bounceClass}`] ?? 0) + 1;
        if (r.record === 'b') {
          cats[r.bounceCategory as string] = (cats[r.bounceCategory as string] ?? 0) + 1;
          const kk = r.bounceClass === 'hard' ? 'hard' : 'soft';
          isp[p][kk] = (isp[p][kk] ?? 0) + 1;
        }
      }
    }
    console.log(d, recs, cls);
    if (!existsSync(`${root}/${d}/truth.json`)) return;
    const t = JSON.parse(readFileSync(`${root}/${d}/truth.json`, 'utf8'));
    const diff: string[] = [];
    for (const [name, mine, truth] of [
      ['isp', isp, t.by_isp],
      ['sd', sd, t.by_sender_domain],
      ['dom', dom, t.by_domain],
    ] as any)
      for (const k of Object.keys(truth))
        for (const c of ['delivered', 'bounced', 'deferrals', 'complaints', 'rb', 'hard', 'soft'])
          if (name === 'isp' || !['hard', 'soft'].includes(c))
            if ((mine[k]?.[c] ?? 0) !== (truth[k][c] ?? 0))
              diff.push(`${name} ${k} ${c} mine ${mine[k]?.[c]} truth ${truth[k][c]}`);
    for (const k of Object.keys(t.by_bounce_category))
      if (cats[k] !== t.by_bounce_category[k].count) diff.push(`cat ${k}`);
    console.log(d, 'DIFF', diff.length, diff.slice(0, 30));
  });
