import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scenarioOf } from '../scenarios';
import { arrivalPlan, arrive, splitRows, writeScenario, type ArrivalOptions } from './arrival';
import { content, parse, seconds } from './read';
import type { Written } from '../write';

const folders: string[] = [];
const folder = (): string => {
  folders.push(mkdtempSync(join(tmpdir(), 'arrival-')));
  return folders.at(-1) as string;
};
afterAll(() => folders.forEach((each) => rmSync(each, { recursive: true })));

let from: string;
let written: Written;
beforeAll(async () => {
  from = folder();
  const form = { style: 'quoted', redactRecipients: true, gzip: true } as const;
  written = await writeScenario(from, scenarioOf('late_node', { messages: 3000, seed: 'a' }, form));
});

/** Rows by source as they arrive, each whole file and each piece. */
async function delivered(options: ArrivalOptions): Promise<{ names: string[]; rows: string[] }> {
  const to = folder();
  const plan = arrivalPlan(written.files, options);
  const rows: string[] = [];
  for (const arrival of plan) {
    await arrive(from, to, arrival);
    const [, ...lines] = parse(content(to, arrival.name));
    rows.push(...lines.map((cells) => `${arrival.source} ${cells.join()}`));
  }
  return { names: plan.map(({ name }) => name), rows: rows.sort() };
}

test('pieces in any order are the rows of the files, each as often as it was written', async () => {
  const whole = await delivered({ seed: '1' });
  const cut = await delivered({ seed: '2', pieces: 4, order: 'shuffled' });
  expect(cut.names.length).toBeGreaterThan(1.5 * whole.names.length);
  expect(cut.rows).toEqual(whole.rows);
  expect(new Set(cut.names).size).toBe(cut.names.length);
  expect(cut.names.every((name) => /^mta[12]\/(acct|tran|bounce|fbl|rb)-.*\.csv\.gz$/.test(name))).toBe(true);
});

test('repeats are files that came before, whole and in part', async () => {
  const whole = await delivered({ seed: '1' });
  const again = await delivered({ seed: '1', repeats: 0.5 });
  const copies = again.names.filter((name) => name.includes('-again'));
  expect(copies.length).toBeGreaterThan(10);
  expect(copies.filter((name) => name.includes('of3'))).toHaveLength(copies.length / 2);
  expect([...new Set(again.rows)]).toEqual([...new Set(whole.rows)]);
});

test('the same options are the same plan, another seed another one', () => {
  const plan = (seed: string) =>
    arrivalPlan(written.files, { seed, order: 'shuffled', pieces: 3, pauses: 0.3, repeats: 0.2 });
  expect(plan('1')).toEqual(plan('1'));
  expect(plan('2')).not.toEqual(plan('1'));
  const pauses = plan('1').filter(({ pause }) => pause).length;
  expect(pauses / plan('1').length).toBeGreaterThan(0.15);
  expect(pauses / plan('1').length).toBeLessThan(0.45);
});

test('the files of a late node come after those that others wrote up to then', () => {
  const late = 6 * 3600;
  const lastOf = new Map(written.files.map(({ name, last }) => [name, last]));
  const plan = arrivalPlan(written.files, { seed: '1', late: { mta2: late } });
  const due = plan.map(({ source }) => (lastOf.get(source) ?? 0) + (source.startsWith('mta2/') ? late : 0));
  expect(due).toEqual([...due].sort((a, b) => a - b));
  expect(plan[0]?.source).toMatch(/^mta1\//);
  expect(plan.at(-1)?.source).toMatch(/^mta2\//);
});

test('rows of one second stay in one piece, and a newline between quotes ends no row', () => {
  const header = '"type","timeLogged","dsnDiag"\r\n';
  const row = (time: number, text = 'x'): string => `"d","${time}","${text}"\r\n`;
  const body = [row(1), row(2, 'a\nb ""c"",\r\nd'), row(2), row(2), row(3), row(4)];
  const pieces = splitRows(Buffer.from(header + body.join('')), 3).map(String);
  expect(pieces).toEqual([header + body.slice(0, 4).join(''), header, header + body.slice(4).join('')]);
  expect(splitRows(Buffer.from(header), 2).map(String)).toEqual([header, header]);
  expect(pieces.flatMap((piece) => parse(piece).slice(1)).map(([, time]) => seconds(time))).toEqual([
    1, 2, 2, 2, 3, 4,
  ]);
});

test('what a plan names is what arrives', async () => {
  const to = folder();
  const plan = arrivalPlan(written.files, { seed: '3', pieces: 2 });
  for (const arrival of plan) await arrive(from, to, arrival);
  const found = readdirSync(to, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.csv'),
  );
  expect(found.sort()).toEqual(plan.map(({ name }) => name).sort());
});
