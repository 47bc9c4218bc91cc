import { columnKey } from './columns';
import type { Column } from './columns';
import type { BounceRules, FormatRules, HeaderRules, ProviderRules, ReasonRules } from './schemas';

/** A site's file: any section may be missing. */
type Partially<T> = { [K in keyof T]?: T[K] | undefined };

/** A name that the site gives to one column is no longer an alias of another. */
export function mergeHeaders(shipped: HeaderRules, site: Partially<HeaderRules>): HeaderRules {
  const taken = new Set(
    Object.values(site.columns ?? {})
      .flat()
      .map(columnKey),
  );
  const columns: HeaderRules['columns'] = { ...site.columns };
  for (const [column, names] of Object.entries(shipped.columns) as [Column, string[]][]) {
    columns[column] = [...(columns[column] ?? []), ...names.filter((name) => !taken.has(columnKey(name)))];
  }
  return {
    columns,
    messageNamingHeaders: [
      ...new Set([...(site.messageNamingHeaders ?? []), ...shipped.messageNamingHeaders]),
    ],
    keepHeaders: site.keepHeaders ?? shipped.keepHeaders,
  };
}

/** A site's provider of a shipped name extends it; a domain, suffix or roll-up that the site lists leaves the others. */
export function mergeProviders(shipped: ProviderRules, site: ProviderRules): ProviderRules {
  const merged = new Map<string, ProviderRules['providers'][number]>();
  const lists = ['domains', 'mx', 'rollups'] as const;
  const taken = Object.fromEntries(
    lists.map((list) => [list, new Set(site.providers.flatMap((p) => p[list]))]),
  );
  for (const provider of site.providers) merged.set(provider.name, structuredClone(provider));
  for (const provider of shipped.providers) {
    const known = merged.get(provider.name) ?? { name: provider.name, domains: [], mx: [], rollups: [] };
    for (const list of lists) known[list].push(...provider[list].filter((entry) => !taken[list]?.has(entry)));
    known.reportsComplaints ??= provider.reportsComplaints;
    merged.set(provider.name, known);
  }
  return { providers: [...merged.values()] };
}

/** A site's words and categories replace the shipped ones of the same name; its rules are tried before the shipped ones. */
export function mergeBounces(shipped: BounceRules, site: Partially<BounceRules>): BounceRules {
  const siteWords = new Set([
    ...Object.values(site.records ?? {}).flat(),
    ...Object.keys(site.recordsByAction ?? {}),
  ]);
  const records: BounceRules['records'] = { ...site.records };
  for (const [record, words] of Object.entries(shipped.records) as [keyof typeof records, string[]][]) {
    records[record] = [...(records[record] ?? []), ...words.filter((word) => !siteWords.has(word))];
  }
  const byAction = Object.entries(shipped.recordsByAction).filter(([word]) => !siteWords.has(word));
  return {
    records,
    recordsByAction: { ...Object.fromEntries(byAction), ...site.recordsByAction },
    actions: { ...shipped.actions, ...site.actions },
    categories: { ...shipped.categories, ...site.categories },
    hardStatuses: site.hardStatuses ?? shipped.hardStatuses,
    rules: siteFirst(site.rules ?? [], shipped.rules),
  };
}

/** A site's diagnostic rules are tried before the shipped ones, and replace those of the same id. */
export function mergeReasons(shipped: ReasonRules, site: ReasonRules): ReasonRules {
  return { rules: siteFirst(site.rules, shipped.rules) };
}

function siteFirst<T extends { id: string }>(site: readonly T[], shipped: readonly T[]): T[] {
  const replaced = new Set(site.map(({ id }) => id));
  return [...site, ...shipped.filter(({ id }) => !replaced.has(id))];
}

/** Record word of every word that a type cell may hold, `rb` not yet resolved. */
export function recordOfWord(rules: FormatRules): Map<string, string> {
  const words = new Map<string, string>();
  for (const [record, list] of Object.entries(rules.bounces.records)) {
    for (const word of list) words.set(word, record);
  }
  for (const [word, record] of Object.entries(rules.bounces.recordsByAction)) words.set(word, record);
  return words;
}
