import type { FormatRules } from '../schemas';
import { recordCodes } from './record';
import type { Cells } from './cells';
import type { Scope } from './scope';
import { escapePattern, lookUp, quote } from './text';

/** Provider of a lower-case host name by the longest listed suffix; '' where none fits. */
function byHost(host: string, suffixes: Map<string, string>): string {
  if (suffixes.size === 0) return "''";
  const pattern = `(?:^|\\.)(${[...suffixes.keys()].map(escapePattern).join('|')})\\.?$`;
  return lookUp(`extract(${host}, ${quote(pattern)})`, suffixes, "''");
}

/** Suffixes of hosts: those listed as such, then the providers' own domains. */
function hostSuffixes(rules: FormatRules): Map<string, string> {
  const suffixes = new Map<string, string>();
  for (const list of ['mx', 'domains'] as const) {
    for (const provider of rules.providers.providers) {
      for (const suffix of provider[list]) if (!suffixes.has(suffix)) suffixes.set(suffix, provider.name);
    }
  }
  return suffixes;
}

/**
 * Adds `mx`, `queue`, `reportingMta` and `provider`: the mailbox provider by the recipient's domain, then by the host
 * that answered, then by the queue (roll-ups included), then the domain itself. A complaint without a recipient goes by
 * the host that reported it.
 */
export function addProvider(
  scope: Scope,
  cells: Cells,
  rules: FormatRules,
  { record, domain }: { record: string; domain: string },
): void {
  const providers = rules.providers.providers;
  const suffixes = hostSuffixes(rules);
  const host = (cell: string) =>
    `lower(trimBoth(substringIndex(substringIndex(${cell}, ' ', 1), '(', 1), '. '))`;
  const mx = scope.output('mx', host(`trimBoth(${cells.distinct('dsnMta')})`));
  scope.output('queue', cells.distinct('queue'));
  const reporter = `replaceRegexpOne(trimBoth(${cells.distinct('reportingMta')}), '^(?i:dns) *; *', '')`;
  const reportingMta = scope.output('reportingMta', host(reporter));

  const byDomain = providers.flatMap((p) => p.domains.map((name): [string, string] => [name, p.name]));
  const tried = [lookUp(domain, byDomain, "''")];
  const hosts = cells.has('dsnMta') ? [`${mx} != '', ${mx}`] : [];
  if (cells.has('reportingMta'))
    hosts.push(`${record} = ${recordCodes.f} AND ${domain} = '', ${reportingMta}`);
  const queueName = scope.helper(
    'part_queue_name',
    `lower(substringIndex(${cells.distinct('queue')}, '/', 1))`,
  );
  // The table of suffixes is long: one look-up of the best host there is keeps the statement short.
  const best =
    hosts.length === 0 ? queueName : `toLowCardinality(multiIf(${hosts.join(', ')}, ${queueName}))`;
  tried.push(byHost(best, suffixes));
  if (cells.has('queue')) {
    const rollups = providers.flatMap((p) => p.rollups.map((rollup): [string, string] => [rollup, p.name]));
    tried.push(lookUp(queueName, rollups, "''"));
  }
  const branches = tried.map((sql, index) => {
    const found = scope.helper(`part_provider_${index}`, sql);
    return `${found} != '', ${found}`;
  });
  scope.output('provider', `toLowCardinality(multiIf(${branches.join(', ')}, ${domain}))`);
}
