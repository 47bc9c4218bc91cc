import type { Permission } from '../access';
import type { Route } from '../route';
import { API_VERSION } from '../version';
import { errorEnvelope } from './answers';
import { schemasOfDocument, type JsonSchema, type Schemas } from './components';
import { TAGS, type Example, type Parameter, type RouteDoc } from './doc';

type Json = Record<string, unknown>;

/** What every request may be refused for. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'a part of the request is not valid; `message` names it',
  403: 'no key is set and the request comes from another machine',
  413: 'the body is too large: `too_large`',
  429: 'too many requests, or too many wrong keys: `too_many_requests`; `Retry-After` says when to come back',
  500: 'our fault: the log of the service says what happened',
};

/** What a request may be refused for that needs a key. */
const KEY_REFUSALS: Readonly<Record<number, string>> = {
  401: 'the key is missing or not known',
  403: 'the key has another role, or no key is set and the request comes from another machine',
};

/** The OpenAPI 3.1 document of these routes. */
export function openApiDocument(routes: readonly Omit<Route, 'handle'>[]): Json {
  const docs = routes.map(({ doc }) => doc);
  const schemas = schemasOfDocument(
    docs.flatMap(({ parameters = [], body }) => [
      ...parameters.map(({ schema }) => schema),
      ...Object.values(body?.content ?? {}),
    ]),
    [...docs.flatMap(({ answer }) => Object.values(answer.content)), errorEnvelope],
  );
  const shared = docs.flatMap(({ parameters = [] }) => parameters.filter((parameter) => parameter.shared));
  return {
    openapi: '3.1.1',
    info: {
      title: 'PMTA Watchtower',
      version: API_VERSION,
      description:
        'Answers questions about PowerMTA and ZoneMTA logs. Rates run from 0 to 1, times are seconds, ranges are half-open.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: pathsOf(routes, schemas),
    components: {
      schemas: schemas.components,
      parameters: Object.fromEntries(
        shared.map((parameter) => [parameter.name, parameterOf(parameter, schemas, {})]),
      ),
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key of the settings; where none is set, this machine needs none',
        },
      },
    },
  };
}

function pathsOf(routes: readonly Omit<Route, 'handle'>[], schemas: Schemas): Json {
  const paths: Record<string, Json> = {};
  for (const { method, path: pattern, needs, doc } of routes) {
    const place = pattern.replace(/:(\w+)/g, '{$1}');
    paths[place] = {
      ...paths[place],
      [method.toLowerCase()]: operationOf(pattern, method, needs, doc, schemas),
    };
  }
  return paths;
}

function operationOf(
  pattern: string,
  method: string,
  needs: Permission,
  doc: RouteDoc,
  schemas: Schemas,
): Json {
  const examples = doc.examples ?? {};
  return {
    operationId: [method.toLowerCase(), ...pattern.split(/\W+/).filter(Boolean)].join('_'),
    tags: [doc.tag],
    summary: doc.summary,
    ...(doc.description !== undefined && { description: doc.description }),
    security: securityOf(needs),
    ...(doc.parameters && {
      parameters: doc.parameters.map((parameter) => {
        const values = valuesOf(parameter, examples);
        const said = parameter.shared && Object.keys(values).length === 0;
        return said
          ? { $ref: `#/components/parameters/${parameter.name}` }
          : parameterOf(parameter, schemas, values);
      }),
    }),
    ...(doc.body && { requestBody: bodyOf(doc.body, examples, schemas) }),
    responses: responsesOf(needs, doc, schemas),
  };
}

/** A key of the role, or that of an administrator, who may do everything. */
function securityOf(needs: Permission): Json[] {
  if (needs === 'public') return [];
  return [...new Set([needs, 'admin'])].map((role) => ({ key: [role] }));
}

function valuesOf({ name, style }: Parameter, examples: Readonly<Record<string, Example>>): Json {
  return Object.fromEntries(
    Object.entries(examples).flatMap(([example, { parameters = {} }]) =>
      name in parameters
        ? [[example, { value: style === 'json' ? JSON.stringify(parameters[name]) : parameters[name] }]]
        : [],
    ),
  );
}

function parameterOf(parameter: Parameter, schemas: Schemas, examples: Json): Json {
  const { name, description, style } = parameter;
  const schema = schemas.input(parameter.schema);
  const given = Object.keys(examples).length > 0 && { examples };
  const required = parameter.in === 'path' || !parameter.schema.safeParse(undefined).success;
  const head = { name, in: parameter.in, description, required };
  if (style === 'json') {
    const written = { type: 'string', contentMediaType: 'application/json', contentSchema: schema };
    return { ...head, schema: written, ...given };
  }
  return { ...head, ...(style && { style: 'form', explode: style === 'repeated' }), schema, ...given };
}

function bodyOf(
  { description, content }: NonNullable<RouteDoc['body']>,
  examples: Readonly<Record<string, Example>>,
  schemas: Schemas,
): Json {
  const media = Object.entries(content).map(([type, schema]) => {
    const values = Object.entries(examples).flatMap(([name, { body }]) =>
      body?.type === type ? [[name, { value: body.value }] as const] : [],
    );
    return [
      type,
      { schema: schemas.input(schema), ...(values.length > 0 && { examples: Object.fromEntries(values) }) },
    ] as const;
  });
  return { description, required: true, content: Object.fromEntries(media) };
}

function responsesOf(needs: Permission, { answer, refusals }: RouteDoc, schemas: Schemas): Json {
  const failed = { 'application/json': { schema: schemas.output(errorEnvelope) } };
  const refused = { ...REFUSALS, ...(needs !== 'public' && KEY_REFUSALS), ...refusals };
  const headers = Object.entries(answer.headers ?? {}).map(
    ([name, description]) =>
      [name, { description, schema: { type: 'string' } satisfies JsonSchema }] as const,
  );
  return {
    [answer.status]: {
      description: answer.description,
      ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
      content: Object.fromEntries(
        Object.entries(answer.content).map(([type, schema]) => [type, { schema: schemas.output(schema) }]),
      ),
    },
    ...Object.fromEntries(
      Object.entries(refused).map(([status, description]) => [status, { description, content: failed }]),
    ),
  };
}
