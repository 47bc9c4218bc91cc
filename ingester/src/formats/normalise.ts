import type { Layout } from './header';
import type { FormatRules } from './schemas';
import { addAddresses } from './sql/address';
import { addBounce } from './sql/bounce';
import { Cells } from './sql/cells';
import { addHeaders } from './sql/headers';
import { addIdentity } from './sql/identity';
import { addProvider } from './sql/provider';
import { addRecord, recordCodes } from './sql/record';
import { Scope } from './sql/scope';
import { addTimes } from './sql/time';

/** What a site chose, and what the caller knows about the rows. */
export interface NormaliseOptions {
  /** IANA name of the zone for times that carry none. */
  timezone: string;
  /** Patterns of the custom headers to keep; undefined for the rules' own list. */
  keepHeaders: string[] | undefined;
  /** Epoch seconds: times more than two days later are refused. */
  now: number;
  /** ASCII forms of the non-ASCII domains among the rows, as `toAsciiDomains` gives them. */
  asciiDomains?: Record<string, string>;
}

/**
 * SELECT list that makes events of raw rows. In scope are the String columns `c0` to `c<N-1>`, in the header's order, and
 * `node`. It gives every content column of an event from `time` to `lacks`, and `error`: '' for a good row, else what
 * is wrong with it (a line that repeats the header has an error that starts with `repeated header`).
 */
export function normaliseSql(layout: Layout, rules: FormatRules, options: NormaliseOptions): string {
  const scope = new Scope();
  const cells = new Cells(layout);
  const record = addRecord(scope, cells, rules);
  const times = addTimes(scope, cells, record.code, options);
  const addresses = addAddresses(scope, cells, options.asciiDomains);
  addProvider(scope, cells, rules, { record: record.code, domain: addresses.domain });
  addBounce(scope, cells, rules, record.code);
  addIdentity(scope, cells, { ...times, ...addresses, record: record.code });
  addHeaders(scope, layout, rules, options.keepHeaders);

  scope.output('vmta', cells.distinct('vmta'));
  scope.output('pool', cells.distinct('vmtaPool'));
  scope.output('sourceIp', cells.distinct('dlvSourceIp'));
  scope.output('destinationIp', cells.raw('dlvDestinationIp'));
  scope.output('envId', cells.raw('envId'));
  scope.output('size', `toUInt64OrZero(${cells.raw('dlvSize')})`);
  const inOrder = `${times.queued} != 0 AND ${times.time} >= ${times.queued}`;
  const seconds = `toInt32(${times.time} - ${times.queued})`;
  scope.output('latency', `if(${record.code} = ${recordCodes.d} AND ${inOrder}, ${seconds}, toInt32(-1))`);
  scope.output('rbType', `lower(${cells.distinct('rbType')})`);
  scope.output('feedbackType', `lower(${cells.distinct('feedbackType')})`);
  scope.output('userAgent', cells.distinct('userAgent'));
  const typeError = scope.helper('part_type_error', record.error);
  scope.output('error', `if(${typeError} != '', ${typeError}, ${times.error})`);
  return scope.list();
}
