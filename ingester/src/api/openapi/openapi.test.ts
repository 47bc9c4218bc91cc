import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Listening } from '..';
import { csv, openRoom, type Cells, type Room } from '../../ingest/ingest.testkit';
import { serveRoom } from '../api.testkit';
import { createApp, routes } from '../app';
import type { ApiDependencies } from '../route';

interface Parameter {
  name: string;
  in: 'path' | 'query';
  explode?: boolean;
  schema: { contentSchema?: object };
  examples?: Examples;
}
type Examples = Record<string, { value: unknown }>;
interface Operation {
  security: { key?: string[] }[];
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { content: Record<string, { schema: object; examples?: Examples }> };
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, { description?: string }>;
    parameters: Record<string, Parameter>;
  };
}

const KEYS = { read: 'r-key', ingest: 'i-key', admin: 'a-key' };
const ADMIN = { authorization: `Bearer ${KEYS.admin}` };

const row = (type: string, time: string, rcpt: string, more: Cells = {}): Cells => ({
  type,
  timeLogged: `2026-09-15 ${time}+0000`,
  timeQueued: '2026-09-15 10:00:00+0000',
  orig: 'news@sender.example',
  rcpt,
  vmta: 'VMTA-1',
  jobId: 'J-17',
  dlvSize: '2000',
  ...more,
});
const message = { 'header_Message-Id': '<abc@sender.example>' };
const LOG = csv([
  row('t', '10:00:05', 'ann@example.org', { ...message, dsnStatus: '4.2.0', dsnDiag: 'smtp;421 later' }),
  row('d', '10:05:00', 'ann@example.org', { ...message, dsnStatus: '2.0.0', dsnDiag: 'smtp;250 OK' }),
  row('d', '10:06:00', 'cat@gmail.com'),
  row('b', '10:07:00', 'bob@gmail.com', {
    dsnStatus: '5.1.1',
    dsnDiag: '550 no such user',
    bounceCat: 'bad-mailbox',
  }),
  row('d', 'never', 'dan@gmail.com'),
]);

let room: Room;
let api: Listening;
let document: Document;
let ajv: Ajv2020;

beforeAll(async () => {
  room = await openRoom();
  expect(await room.load('acct.csv', LOG)).toMatchObject({ id: '1', status: 'loaded_with_errors' });
  const [header] = LOG.split('\n');
  expect(await room.load('bad.csv', `${header}\nx\n`)).toMatchObject({ id: '2', status: 'failed' });
  await room.store.append('incidents', [
    { id: 'throttling-1', kind: 'throttling', severity: 'warning', state: 'open', version: 1 },
  ]);
  api = await serveRoom(room, KEYS);
  document = (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
  ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'openapi');
});

afterAll(async () => {
  await room.ingest.idle();
  await api.close();
  await room.close();
});

/** What is wrong with a value by the schema at a place of the document. */
function mistakes(value: unknown, ...place: string[]): unknown {
  const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const validate = ajv.compile({ $ref: `openapi#/${pointer.join('/')}` });
  return validate(value) ? [] : validate.errors;
}

interface Request {
  title: string;
  place: [string, string, string];
  operation: Operation;
  url: string;
  init: RequestInit;
}

/** Every request that the document gives as an example; one as it is of a route without examples. */
function requests(): Request[] {
  const all = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      namesOf(operation).map((name) => requestOf(path, method, operation, name)),
    ),
  );
  const order = ['GET', 'POST', 'DELETE'];
  return all.sort((a, b) => order.indexOf(a.init.method ?? '') - order.indexOf(b.init.method ?? ''));
}

function parametersOf(operation: Operation): Parameter[] {
  return (operation.parameters ?? []).flatMap((parameter) => ('$ref' in parameter ? [] : [parameter]));
}

const examplesOf = ({ examples = {} }: Parameter): Examples => examples;

function namesOf(operation: Operation): string[] {
  const bodies = Object.values(operation.requestBody?.content ?? {});
  const names = [...parametersOf(operation).map(examplesOf), ...bodies.map(({ examples = {} }) => examples)];
  const all = new Set(names.flatMap((examples) => Object.keys(examples)));
  return all.size > 0 ? [...all] : [''];
}

function requestOf(path: string, method: string, operation: Operation, name: string): Request {
  const place: Request['place'] = ['paths', path, method];
  let url = path;
  const query = new URLSearchParams();
  operation.parameters?.forEach((parameter, at) => {
    if ('$ref' in parameter) return;
    const example = examplesOf(parameter)[name];
    if (!example) return expect([path, parameter.name, parameter.in]).not.toContain('path');
    const { value } = example;
    const inner = parameter.schema.contentSchema && ['contentSchema'];
    const judged: unknown = inner ? JSON.parse(String(value)) : value;
    const errors = mistakes(judged, ...place, 'parameters', String(at), 'schema', ...(inner ?? []));
    expect([path, name, parameter.name, errors]).toEqual([path, name, parameter.name, []]);
    if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, encodeURIComponent(String(value)));
    else if (Array.isArray(value) && parameter.explode)
      value.forEach((each) => query.append(parameter.name, String(each)));
    else query.append(parameter.name, Array.isArray(value) ? value.join(',') : String(value));
  });
  const init: RequestInit = { method: method.toUpperCase(), headers: ADMIN };
  for (const [type, { examples = {} }] of Object.entries(operation.requestBody?.content ?? {})) {
    const example = examples[name];
    if (!example) continue;
    expect([name, mistakes(example.value, ...place, 'requestBody', 'content', type, 'schema')]).toEqual([
      name,
      [],
    ]);
    Object.assign(init, bodyOf(type, example.value));
  }
  const title = `${init.method} ${path} ${name}`;
  return { title, place, operation, url: `${url}?${query.toString()}`, init };
}

function bodyOf(type: string, value: unknown): RequestInit {
  if (type !== 'multipart/form-data') {
    const body = typeof value === 'string' ? value : JSON.stringify(value);
    return { body, headers: { ...ADMIN, 'content-type': type } };
  }
  const form = new FormData();
  for (const [field, parts] of Object.entries(value as Record<string, string | string[]>))
    if (typeof parts === 'string') form.append(field, parts);
    else parts.forEach((text, at) => form.append(field, new Blob([text]), `log${at}.csv`));
  return { body: form };
}

it('is a valid OpenAPI 3.1 document', async () => {
  const { Validator } = await import('@seriousme/openapi-schema-validator');
  const copy = structuredClone<object>(document) as Record<string, unknown>;
  expect(await new Validator().validate(copy)).toEqual({ valid: true });
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) as string });
  for (const operation of Object.values(document.paths).flatMap((operations) => Object.values(operations))) {
    const names = parametersOf(operation).map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  }
});

it('holds every route that the application answers, and no other', () => {
  const answered = createApp({} as ApiDependencies)
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(documented.sort()).toEqual(answered.sort());
});

/** What comes first of an answer that has no end. */
async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return Buffer.from(first?.value ?? []).toString();
}

it('every example is answered with the status, the type and the shape that the document gives', async () => {
  const wrong: unknown[] = [];
  const seen = requests();
  for (const { title, place, operation, url, init } of seen) {
    const response = await fetch(api.url + url, init);
    const status = Object.keys(operation.responses).find((code) => code.startsWith('2')) ?? '';
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    const text = await (type === 'text/event-stream' ? beginning(response) : response.text());
    if (String(response.status) !== status || !operation.responses[status]?.content[type])
      wrong.push([title, response.status, type, text.slice(0, 300)]);
    else if (type === 'application/json')
      wrong.push(
        ...asList(
          title,
          mistakes(JSON.parse(text), ...place, 'responses', status, 'content', type, 'schema'),
        ),
      );
    else expect([title, text.length]).not.toEqual([title, 0]);
    // Nothing looks for incidents yet, and nothing is wrong with so small a log: their answers are typed and empty.
    const isFound = !/incidents|insights|causes/.test(title);
    if (url.startsWith('/api/query') && isFound) wrong.push(...emptyResults(title, JSON.parse(text)));
  }
  expect(wrong).toEqual([]);
  expect(seen.length).toBeGreaterThan(40);
});

function asList(title: string, errors: unknown): unknown[] {
  return (errors as unknown[]).map((error) => [title, error]);
}

/** Results of an example that failed, or that show nothing of the log. */
function emptyResults(title: string, body: unknown): unknown[] {
  const { results } = body as { results: Record<string, { frames?: { data: { values: unknown[][] } }[] }> };
  return Object.values(results)
    .filter(({ frames }) => !frames?.[0]?.data.values[0]?.length)
    .map((result) => [title, result]);
}

it('shows every query type by an example', () => {
  const examples = document.paths['/api/query']?.['post']?.requestBody?.content['application/json']?.examples;
  const shown = Object.values(examples ?? {}).flatMap(({ value }) =>
    (value as { queries: { queryType: string }[] }).queries.map(({ queryType }) => queryType),
  );
  const { Query } = document.components.schemas as unknown as {
    Query: { discriminator: { mapping: Record<string, string> } };
  };
  expect([...new Set(shown)].sort()).toEqual(Object.keys(Query.discriminator.mapping).sort());
});

it.each<[string, string, number, RequestInit?]>([
  ['/api/events', '/api/events?colour=red', 400],
  ['/api/files/{id}', '/api/files/x', 404],
  ['/api/dimensions/{name}/values', '/api/dimensions/colour/values', 404],
  ['/api/query', '/api/query', 413, { method: 'POST', body: 'x'.repeat(1_100_000) }],
  ['/api/files/upload', '/api/files/upload?name=a.csv', 413, { method: 'POST', body: 'x'.repeat(2000) }],
])('%s refuses %s as the document says', async (path, url, status, init = {}) => {
  const response = await fetch(api.url + url, { headers: ADMIN, ...init });
  const place = ['paths', path, (init.method ?? 'GET').toLowerCase(), 'responses', String(status)];
  expect(response.status).toBe(status);
  expect(mistakes(await response.json(), ...place, 'content', 'application/json', 'schema')).toEqual([]);
});

it('says of every route which keys open it', async () => {
  for (const { method, path, needs } of routes({} as ApiDependencies)) {
    const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    const roles = operation?.security.flatMap(({ key = [] }) => key) ?? [];
    for (const role of ['read', 'ingest', 'admin'] as const) {
      const headers = { authorization: `Bearer ${KEYS[role]}` };
      const response = await fetch(api.url + path.replace(/:\w+/g, 'x'), { method, headers });
      await response.body?.cancel();
      const opens = needs === 'public' || roles.includes(role);
      expect([method, path, role, response.status !== 403]).toEqual([method, path, role, opens]);
    }
    expect(Object.keys(operation?.responses ?? {}).includes('401')).toBe(needs !== 'public');
  }
});

it('names every metric, dimension and operator with its meaning', async () => {
  const model = (await (await fetch(`${api.url}/api/model`, { headers: ADMIN })).json()) as Record<
    string,
    { name: string; description: string; groupBy?: boolean }[]
  >;
  const { Metric, Grouping, Operator } = document.components.schemas;
  const grouping = model['dimensions']?.filter(({ groupBy }) => groupBy);
  const tables = [
    [Metric, model['metrics']],
    [Grouping, grouping],
    [Operator, model['operators']],
  ] as const;
  for (const [schema, entries = []] of tables) {
    expect(entries.length).toBeGreaterThan(10);
    for (const { name, description } of entries)
      expect(schema?.description).toContain(`- \`${name}\`: ${description}`);
  }
  expect(Object.keys(document.components.parameters)).toEqual(
    expect.arrayContaining(model['dimensions']?.map(({ name }) => name) ?? []),
  );
});
