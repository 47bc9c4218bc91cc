import { z } from 'zod';
import {
  describeModel,
  distributionQuerySchema,
  filterSchema,
  groupingSchema,
  metricNameSchema,
  operatorSchema,
  queryRequestSchema,
  queryTypes,
  QUERY_TYPES,
  schemasOf,
  type Described,
  type QueryType,
} from '../../model';
import {
  dataFrame,
  errorEnvelope,
  eventRow,
  figures,
  causeRow,
  figuresRow,
  insightRow,
  riskRow,
  logFile,
  messageRow,
  model,
  queryResponse,
  traceRow,
} from './answers';

/** A JSON schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Where the document keeps its schemas. */
const PLACE = '#/components/schemas/';

/** Schemas of answers that the document says once. */
const ANSWERS = {
  Error: errorEnvelope,
  File: logFile,
  Frame: dataFrame,
  QueryResponse: queryResponse,
  Event: eventRow,
  Message: messageRow,
  TraceStep: traceRow,
  Figures: figures,
  FiguresRow: figuresRow,
  Cause: causeRow,
  Insight: insightRow,
  Risk: riskRow,
  Model: model,
};

/** Schemas of questions: the very ones that check them. */
const QUESTIONS: Readonly<Record<string, z.ZodType>> = {
  Metric: metricNameSchema,
  Grouping: groupingSchema,
  Operator: operatorSchema,
  Filter: filterSchema,
  ...Object.fromEntries(
    QUERY_TYPES.flatMap((type) => schemasOf(type).map((schema) => [nameOf(type, schema), schema])),
  ),
  QueryRequest: queryRequestSchema,
};

function nameOf(type: QueryType, schema: z.ZodType): string {
  if (schema === distributionQuerySchema) return 'DistributionQuery';
  return `${type.charAt(0).toUpperCase()}${type.slice(1)}Query`;
}

/** The schemas of a document: those it says once, and those that stand where they are used. */
export interface Schemas {
  readonly components: Readonly<Record<string, JsonSchema>>;
  /** A schema as the document has it where it checks input, or where it describes an answer. */
  readonly input: (schema: z.ZodType) => JsonSchema;
  readonly output: (schema: z.ZodType) => JsonSchema;
}

/** Turns the zod schemas of a document into JSON schemas; `inputs` and `outputs` are those that routes use. */
export function schemasOfDocument(inputs: readonly z.ZodType[], outputs: readonly z.ZodType[]): Schemas {
  const questions = converted(QUESTIONS, inputs, 'input');
  const answers = converted(ANSWERS, outputs, 'output');
  return {
    components: { ...withUnion(questions.named), ...answers.named },
    input: questions.of,
    output: answers.of,
  };
}

/** Holds the schemas that stand where they are used, while they are turned over. */
const USED = 'used';

/** All in one pass, so that a named schema within another one is a reference. */
function converted(
  named: Readonly<Record<string, z.ZodType>>,
  used: readonly z.ZodType[],
  io: 'input' | 'output',
) {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const places = new Map([...new Set(used)].map((schema, at) => [schema, String(at)]));
  const wrapper = z.object(Object.fromEntries([...places].map(([schema, place]) => [place, schema])));
  registry.add(wrapper, { id: USED });
  const { schemas } = z.toJSONSchema(registry, { io, uri: (id) => PLACE + id });
  const { [USED]: holder, ...rest } = schemas as Record<string, JsonSchema>;
  const properties = (holder?.['properties'] ?? {}) as Record<string, JsonSchema>;
  return {
    named: Object.fromEntries(Object.entries(rest).map(([id, schema]) => [id, plain(schema)])),
    of: (schema: z.ZodType): JsonSchema => properties[places.get(schema) ?? ''] ?? {},
  };
}

/** A component is known by its place, and the document says once which draft it is in. */
function plain(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$id' && key !== '$schema'));
}

/**
 * The queries of a request are checked one by one when they are answered, so that one mistake leaves the others
 * answered. The document says what each may be: one of the query types, told apart by `queryType`.
 */
function withUnion(components: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  const ways = QUERY_TYPES.map((type) => {
    const [first, ...rest] = schemasOf(type);
    const name = nameOf(type, first);
    const names = [name, ...rest.map((schema) => nameOf(type, schema))];
    return { type, names, union: names.length > 1 ? `Any${name}` : name };
  });
  const unions = ways
    .filter(({ names }) => names.length > 1)
    .map(({ names, union }) => [union, { anyOf: names.map((name) => ({ $ref: PLACE + name })) }] as const);
  const described = ways.flatMap(({ type, names }) =>
    names.map((name) => [name, { description: queryTypes[type], ...components[name] }] as const),
  );
  const request = components['QueryRequest'] as { properties: { queries: object } };
  const queries = { ...request.properties.queries, items: { $ref: `${PLACE}Query` } };
  return {
    ...components,
    ...Object.fromEntries(described),
    ...Object.fromEntries(unions),
    ...withMeanings(components),
    Query: {
      description: 'A question. Without a `queryType` it is one of `metrics`.',
      oneOf: [...new Set(ways.map(({ union }) => union))].map((union) => ({ $ref: PLACE + union })),
      discriminator: {
        propertyName: 'queryType',
        mapping: Object.fromEntries(ways.map(({ type, union }) => [type, PLACE + union])),
      },
    },
    QueryRequest: { ...request, properties: { ...request.properties, queries } },
  };
}

/** Names with what each of them means, as the model's tables have it. */
function withMeanings(components: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  const { metrics, dimensions, operators } = describeModel();
  const tables: Record<string, readonly Described[]> = {
    Metric: metrics,
    Grouping: dimensions.filter(({ groupBy }) => groupBy),
    Operator: operators,
  };
  return Object.fromEntries(
    Object.entries(tables).map(([id, entries]) => {
      const meanings = new Map(entries.map(({ name, description }) => [name, description]));
      const lines = ((components[id]?.['enum'] ?? []) as string[]).map(
        (name) => `- \`${name}\`: ${meanings.get(name) ?? 'not answered in this version'}`,
      );
      return [id, { ...components[id], description: lines.join('\n') }];
    }),
  );
}
