import { HOSTILE, LONG, type Scene, type SceneFrame } from '../workbench/scene';

/** What a file of a scene is made of; what is not said is as in a log of mail that was loaded whole. */
type File = Readonly<Record<string, unknown>>;

const NOON = Date.UTC(2026, 8, 15, 12);

const LOADED: File = {
  name: 'acct-2026-09-15.csv',
  kind: 'delivery, bounce',
  node: 'mta1',
  status: 'loaded',
  message: '',
  bytes: 248_000_000,
  bytesRead: 248_000_000,
  rows: 1_204_117,
  events: 1_203_904,
  duplicates: 213,
  errors: 0,
  queuedAt: NOON,
  startedAt: NOON + 400,
  finishedAt: NOON + 9_000,
  firstEvent: NOON - 86_400_000,
  lastEvent: NOON - 60_000,
};

/** The frame that the datasource answers to a query of files. */
function list(files: readonly File[]): SceneFrame {
  const all: readonly File[] = files.map((file, i) => ({ id: `${files.length - i}`, ...LOADED, ...file }));
  const column = (name: string) => all.map((file) => file[name] ?? null);
  const texts = ['id', 'name', 'kind', 'node', 'status', 'message'];
  const numbers = ['bytes', 'bytesRead', 'rows', 'events', 'duplicates', 'errors'];
  const times = ['queuedAt', 'startedAt', 'finishedAt', 'firstEvent', 'lastEvent'];
  const unit = (name: string) => (name.startsWith('bytes') ? 'bytes' : 'short');
  return {
    refId: 'A',
    fields: [
      ...texts.map((name) => ({ name, type: 'string' as const, values: column(name) })),
      ...numbers.map((name) => ({ name, type: 'number' as const, values: column(name), config: { unit: unit(name) } })),
      ...times.map((name) => ({ name, type: 'time' as const, values: column(name) })),
    ],
  };
}

const NOTHING: File = { rows: 0, events: 0, duplicates: 0, firstEvent: null, lastEvent: null };

/** A file in each state. */
const STATES: readonly File[] = [
  { ...NOTHING, name: 'fbl.csv', kind: '', status: 'queued', startedAt: null, finishedAt: null, bytesRead: 0 },
  { name: 'tran.csv.gz', status: 'loading', rows: 512_000, events: 512_000, bytesRead: 101_000_000, finishedAt: null },
  { name: 'acct.csv', status: 'following', node: 'mta2', finishedAt: null },
  {},
  { name: 'bounce.csv', kind: 'bounce', status: 'loaded_with_errors', errors: 37, bytes: 4_100_000, rows: 20_113 },
  { ...NOTHING, name: 'acct-2026-09-15 (1).csv', status: 'duplicate', message: 'the same content as file 3' },
  {
    ...NOTHING,
    name: 'notes.txt',
    kind: '',
    status: 'rejected',
    message: 'no column of its header is known',
    bytes: 912,
  },
  {
    ...NOTHING,
    name: 'acct.zip',
    kind: '',
    status: 'failed',
    message: 'the archive ends in the middle',
    bytes: 90_000_000,
  },
  { name: 'odd.csv', status: 'something new' },
];

/** What the panel is told that its rows came from: with it, it offers what can be done. */
const queries = [{ queryType: 'files', limit: 100 }];

/** Files that stand still: none of them is asked for again. */
const STILL = STATES.filter(({ status }) => status !== 'queued' && status !== 'loading');

/** What there is to look at. */
export const scenes: readonly Scene[] = [
  { name: 'every state', frames: () => [list(STATES)], shows: ['loading', 'refused', 'something new'] },
  { name: 'for an Admin', queries, frames: () => [list(STILL)], shows: ['Choose files', 'refused'] },
  { name: 'nothing yet, for an Admin', queries, frames: () => [list([])], shows: ['Choose files', 'No data'] },
  { name: 'live', queries },
  { name: 'one file', frames: () => [list([{}])], shows: ['acct-2026-09-15.csv'] },
  {
    name: '200 files',
    frames: (round) => [
      list(
        Array.from({ length: 200 }, (_, i) => ({
          ...STILL[i % STILL.length],
          name: `acct-${i}.csv`,
          rows: i * 37 + round,
        }))
      ),
    ],
  },
  {
    name: 'bad rows',
    frames: () => [list([{ id: null }, { id: '' }, { name: null, rows: NaN, bytes: -5, errors: Infinity }, {}])],
    shows: ['without an id'],
  },
  {
    name: 'hostile names',
    queries,
    frames: () => [
      list([
        { name: HOSTILE, message: HOSTILE, status: HOSTILE, kind: HOSTILE, node: HOSTILE },
        { name: LONG, message: LONG, status: 'rejected', node: LONG },
        { id: '../../x', name: '__proto__', status: 'constructor' },
      ]),
    ],
    shows: ['__proto__'],
  },
  {
    name: 'mapped states',
    frames: () => [list(STATES)],
    fieldConfig: {
      overrides: [
        {
          matcher: { id: 'byName', options: 'status' },
          properties: [
            { id: 'mappings', value: [{ type: 'value', options: { loaded: { text: 'all in', color: 'blue' } } }] },
          ],
        },
      ],
    },
    shows: ['all in'],
  },
  { name: 'no rows', frames: () => [list([])], shows: ['No data'] },
  { name: 'no frames', frames: () => [], shows: ['No data'] },
  { name: 'loading', frames: () => [], state: 'Loading', shows: ['Loading'] },
  { name: 'a failed query', frames: () => [], state: 'Error', error: HOSTILE, shows: ['The query failed'] },
  {
    name: 'a field is missing',
    frames: () => [{ fields: [{ name: 'name', type: 'string', values: ['acct.csv'] }] }],
    shows: ['no field for: id, status'],
  },
];
