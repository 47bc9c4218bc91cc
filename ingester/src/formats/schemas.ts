import { z } from 'zod';
import { columnKey, columnNames } from './columns';

/** Words of the record types as rule files write them; `rb` is resolved by the layout into `block` or `remote`. */
export const recordWords = ['d', 'b', 't', 'tq', 'f', 'rb', 'block', 'remote', 'r', 'rs'] as const;

/** A record type as rule files write it. */
export type RecordWord = (typeof recordWords)[number];

const filled = z.string().trim().min(1);
const lowerCase = filled.refine((text) => text === text.toLowerCase(), 'must be lower case');
const hostName = lowerCase.regex(/^[a-z0-9.-]+$/, 'must be a host name in its ASCII form');
const smtpStatus = filled.regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'must look like 5.1.1');

/** What the engine's regular expressions (RE2) cannot do, but JavaScript's can. */
const beyondRe2 = /\(\?(?:=|!|<=|<!)|\\[1-9]|\\k</;

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'is');
    return !beyondRe2.test(text);
  } catch {
    return false;
  }
}

const pattern = filled.refine(isPattern, 'must be an RE2 pattern (no look-around, no back-references)');

function unique<T>(list: T[], key: (item: T) => string, what: string, context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const item of list) {
    const name = key(item);
    if (seen.has(name)) context.addIssue({ code: 'custom', message: `${what} ${name} is listed twice` });
    seen.add(name);
  }
}

/** Which names a header may use for each column, and which custom headers matter. */
export const headersSchema = z.strictObject({
  columns: z
    .partialRecord(z.enum(columnNames), z.array(filled))
    .superRefine((columns, context) =>
      unique(Object.values(columns).flat().map(columnKey), (name) => name, 'column name', context),
    ),
  messageNamingHeaders: z.array(lowerCase),
  keepHeaders: z.array(lowerCase),
});

const providerSchema = z.strictObject({
  name: lowerCase.regex(/^[a-z0-9-]+$/, 'must be letters, digits and dashes'),
  domains: z.array(hostName).default([]),
  mx: z.array(hostName).default([]),
  rollups: z.array(lowerCase).default([]),
  reportsComplaints: z.boolean().optional(),
});

/** Mailbox providers: their domains, suffixes of their hosts and queue roll-ups. */
export const providersSchema = z.strictObject({
  providers: z.array(providerSchema).superRefine((providers, context) => {
    unique(providers, ({ name }) => name, 'provider', context);
    for (const list of ['domains', 'mx', 'rollups'] as const) {
      const entries = providers.flatMap((provider) => provider[list]);
      unique(entries, (entry) => entry, `${list}:`, context);
    }
  }),
});

const ruleSchema = z.strictObject({
  id: lowerCase,
  class: z.enum(['block', 'soft']),
  pattern,
  examples: z.array(filled).min(1),
});

/** Words for record types, classes of bounce categories, and the texts that remote servers answer with. */
export const bouncesSchema = z.strictObject({
  records: z.partialRecord(z.enum(recordWords), z.array(lowerCase)),
  recordsByAction: z.record(lowerCase, z.enum(recordWords)),
  actions: z.record(lowerCase, z.enum(['d', 'b', 't'])),
  categories: z.record(lowerCase, z.enum(['hard', 'soft', 'block', 'expired'])),
  hardStatuses: z.array(smtpStatus),
  rules: z.array(ruleSchema).superRefine((rules, context) => unique(rules, ({ id }) => id, 'rule', context)),
});

/** What a reason says: why a server did not take a message, or not yet. */
export const REASON_CLASSES = [
  'throttling',
  'block',
  'policy',
  'greylisting',
  'spam',
  'mailbox',
  'unreachable',
  'auth',
  'other',
] as const;

const reasonRuleSchema = z.strictObject({
  id: lowerCase,
  class: z.enum(REASON_CLASSES, `must be one of ${REASON_CLASSES.join(', ')}`),
  vendor: z.string().default(''),
  pattern,
  examples: z.array(filled).min(1),
});

/** Classes of reasons: the first rule whose pattern is found in a reason, in either case, says what it means. */
export const reasonsSchema = z.strictObject({
  rules: z
    .array(reasonRuleSchema)
    .superRefine((rules, context) => unique(rules, ({ id }) => id, 'rule', context)),
});

/** Header aliases and custom headers. */
export type HeaderRules = z.infer<typeof headersSchema>;
/** The table of mailbox providers. */
export type ProviderRules = z.infer<typeof providersSchema>;
/** Record words, bounce categories and diagnostic texts. */
export type BounceRules = z.infer<typeof bouncesSchema>;

/** Diagnostic rules. */
export type ReasonRules = z.infer<typeof reasonsSchema>;

/** Everything that says what a log line means. */
export interface FormatRules {
  headers: HeaderRules;
  providers: ProviderRules;
  bounces: BounceRules;
  reasons: ReasonRules;
}
