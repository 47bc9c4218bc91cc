import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import shippedBounces from './data/bounces.json';
import shippedHeaders from './data/headers.json';
import shippedProviders from './data/providers.json';
import shippedReasons from './data/reasons.json';
import { mergeBounces, mergeHeaders, mergeProviders, mergeReasons } from './overrides';
import { bouncesSchema, headersSchema, providersSchema, reasonsSchema } from './schemas';
import type { FormatRules } from './schemas';

/** A rule file that cannot be used. The message names the file and the entry. */
export class RulesError extends Error {
  override name = 'RulesError';
}

/** Checks one rule file's content; errors name the file and the path of the entry, with its id or name. */
function check<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `${entryName(value, issue.path)}: ${issue.message}`);
  throw new RulesError(`${file}: ${lines.join('; ')}`);
}

/** `rules[3] (gmail-rate).pattern` for a path into a rule file. */
function entryName(value: unknown, path: PropertyKey[]): string {
  let text = '';
  let here: unknown = value;
  for (const key of path) {
    text += typeof key === 'number' ? `[${key}]` : `${text && '.'}${String(key)}`;
    here = (here as Record<PropertyKey, unknown> | undefined)?.[key];
    const known = here as { id?: unknown; name?: unknown } | undefined;
    const label = typeof known?.id === 'string' ? known.id : known?.name;
    if (typeof key === 'number' && typeof label === 'string') text += ` (${label})`;
  }
  return text || 'file';
}

/** Content of a site's rule file, or undefined where the folder has none. */
function readOverride<T>(folder: string, name: string, schema: z.ZodType<T>): T | undefined {
  const file = join(folder, name);
  if (!existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new RulesError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return check(schema, value, file);
}

/**
 * The shipped rules, with a site's `headers.json`, `providers.json`, `bounces.json` and `reasons.json` laid over them: the site's
 * entries come first and win. Every section of a site's file may be left out.
 *
 * @throws {RulesError} where a file is missing its folder, is no JSON, or holds an entry that cannot be used
 */
export function loadRules(overrideDir?: string): FormatRules {
  const shipped = {
    headers: check(headersSchema, shippedHeaders, 'headers.json'),
    providers: check(providersSchema, shippedProviders, 'providers.json'),
    bounces: check(bouncesSchema, shippedBounces, 'bounces.json'),
    reasons: check(reasonsSchema, shippedReasons, 'reasons.json'),
  };
  if (overrideDir === undefined) return shipped;
  if (!existsSync(overrideDir))
    throw new RulesError(`${overrideDir}: the folder of rule files does not exist`);
  const headers = readOverride(overrideDir, 'headers.json', headersSchema.partial());
  const providers = readOverride(overrideDir, 'providers.json', providersSchema);
  const bounces = readOverride(overrideDir, 'bounces.json', bouncesSchema.partial());
  const reasons = readOverride(overrideDir, 'reasons.json', reasonsSchema);
  return {
    headers: mergeHeaders(shipped.headers, headers ?? {}),
    providers: mergeProviders(shipped.providers, providers ?? { providers: [] }),
    bounces: mergeBounces(shipped.bounces, bounces ?? {}),
    reasons: mergeReasons(shipped.reasons, reasons ?? { rules: [] }),
  };
}

/** Names of the mailbox providers that send complaints. */
export function complaintReporters(rules: FormatRules): string[] {
  return rules.providers.providers.filter((provider) => provider.reportsComplaints).map(({ name }) => name);
}
