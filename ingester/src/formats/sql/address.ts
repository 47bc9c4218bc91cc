import type { Cells } from './cells';
import type { Scope } from './scope';
import { lookUp, quote } from './text';

/** References to what this file adds to the scope. */
export interface AddressSql {
  /** Sender and recipient, trimmed, in lower case. */
  orig: string;
  rcpt: string;
  /** The recipient's domain. */
  domain: string;
}

/** Long hexadecimal or decimal runs and UUIDs: what a mailer puts into an address to tell one mail from the next. */
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const tag = `(?:${uuid}|[0-9a-f]{8,}|[0-9]{5,})`;

/** Patterns on a lower-case return path and what they leave, in order. Several short ones are faster than one long one. */
const verpSteps: [string, string][] = [
  ['^(?:ms)?prvs1?=[^=@]*=', ''],
  ['^(srs[01])[-+=][^@]*@', '\\1@'],
  ['\\+[^@]*=[^@]*@', '@'],
  ['[-_][^@=]+=[^@]*@', '@'],
  [`(?:[-+_=.]${tag})+(?:([-+_=.][^@]*?)(?:[-+_=.]${tag})+)?([-+_=.][^@]*)?@`, '\\1\\2@'],
  [`^(?:(?:${tag}[-+_=.])+([^@]+)|[0-9a-f]{16,}|${uuid})@`, '\\1@'],
];

/**
 * Takes the part that names one mail or one recipient out of a lower-case return path:
 * `prvs=tag=user@x` (BATV) becomes `user@x`, `srs0=…@x` becomes `srs0@x`; `bounce+user=dom.tld@x` and
 * `bounce-user=dom.tld@x` become `bounce@x`; long tags go with the delimiter in front (`b-18c2f3a4d5-news@x` becomes
 * `b-news@x`). A local part that is nothing but a long tag leaves `@x`. Anything shorter stays: it may be a name.
 */
export function withoutVerp(address: string): string {
  return verpSteps.reduce(
    (sql, [from, to]) => `replaceRegexpOne(${sql}, ${quote(from)}, ${quote(to)})`,
    address,
  );
}

/** True of a lower-case return path that names one mail or one recipient. */
export function isVerp(address: string): string {
  return `${withoutVerp(address)} != ${address}`;
}

/** ASCII form of a domain by the map the options hold. */
export function asciiDomain(domain: string, ascii: Record<string, string> | undefined): string {
  return lookUp(domain, Object.entries(ascii ?? {}), domain);
}

/** False only of lower-case return paths of which `isVerp` is not true: told without asking the engine. */
export function mayBeVerp(address: string): boolean {
  return /=|srs[01]|[0-9]{5}|[0-9a-f]{8}/.test(address);
}

/** What follows the last `@`, in lower case, without stray brackets and dots; '' without an `@`. */
function domainOf(address: string): string {
  return `trimBoth(lower(if(position(${address}, '@') = 0, '', substringIndex(${address}, '@', -1))), '<>." ')`;
}

/** Domain in a queue name `domain/vmta`; '' for roll-ups and anything else. */
function queueDomain(cells: Cells): string {
  const name = `extract(lower(${cells.distinct('queue')}), '^([^/@ ]+\\\\.[^/@ .]+)/')`;
  return `replaceRegexpOne(${name}, '^.*\\\\.rollup$', '')`;
}

/** Adds `orig`, `rcpt`, `domain`, `sender` and `senderDomain`. */
export function addAddresses(
  scope: Scope,
  cells: Cells,
  ascii: Record<string, string> | undefined,
): AddressSql {
  const address = (name: 'orig' | 'rcpt') => {
    const trimmed = scope.output(name, `trimBoth(${cells.raw(name)}, '<> ')`);
    return scope.helper(`part_${name}`, `lower(${trimmed})`);
  };
  const orig = address('orig');
  const rcpt = address('rcpt');
  const ofRecipient = scope.helper('part_rcpt_domain', `toLowCardinality(${domainOf(rcpt)})`);
  const others = [];
  if (cells.has('domain')) others.push(`lower(trimBoth(${cells.distinct('domain')}, '. '))`);
  if (cells.has('queue')) others.push(queueDomain(cells));
  const named = others.map((sql, index) => scope.helper(`part_domain_${index}`, sql));
  const candidates = [ofRecipient, ...named];
  const last = candidates.pop() ?? "''";
  const branches = candidates.map((sql) => `${sql} != '', ${sql}`).join(', ');
  const domain = branches === '' ? last : `toLowCardinality(multiIf(${branches}, ${last}))`;
  addSender(scope, cells, { orig, ascii });
  return { orig, rcpt, domain: scope.output('domain', asciiDomain(domain, ascii)) };
}

function addSender(
  scope: Scope,
  cells: Cells,
  o: { orig: string; ascii: Record<string, string> | undefined },
): void {
  const envelope = scope.helper('part_envelope_sender', withoutVerp(`toLowCardinality(${o.orig})`));
  let sender = envelope;
  if (cells.has('headerFrom')) {
    const header = scope.helper('part_header_from', `lower(${cells.distinct('headerFrom')})`);
    const inBrackets = scope.helper(
      'part_from_brackets',
      `extract(${header}, '<([^<>@\\\\s]+@[^<>@\\\\s]+)>')`,
    );
    const bare = scope.helper('part_from_bare', `extract(${header}, '[^\\\\s<>",;:()]+@[^\\\\s<>",;:()]+')`);
    sender = `toLowCardinality(multiIf(${inBrackets} != '', ${inBrackets}, ${bare} != '', ${bare}, ${envelope}))`;
  }
  const address = scope.helper('part_sender', sender);
  const domain = `trimBoth(replaceRegexpOne(${address}, '^(?:.*@|[^@]*$)', ''), '<>." ')`;
  const senderDomain = scope.output('senderDomain', asciiDomain(domain, o.ascii));
  const local = `substring(${address}, 1, length(${address}) - position(reverse(${address}), '@') + 1)`;
  const inAscii = `if(isASCII(${address}) OR ${senderDomain} = '', ${address}, concat(${local}, ${senderDomain}))`;
  scope.output('sender', Object.keys(o.ascii ?? {}).length === 0 ? address : inAscii);
}
