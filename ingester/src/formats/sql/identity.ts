import type { AddressSql } from './address';
import type { Cells } from './cells';
import { cellAt } from './cells';
import type { Scope } from './scope';
import { quote } from './text';
import type { TimeSql } from './time';

/** References that the hashes are made of. */
export interface IdentityParts extends AddressSql, Pick<TimeSql, 'time' | 'queued'> {
  /** Code of the record type. */
  record: string;
}

/** Adds `messageId`, `job` and the hashes by which events and messages are recognised. */
export function addIdentity(scope: Scope, cells: Cells, parts: IdentityParts): void {
  const id = scope.helper('part_message_id', `trimBoth(${cells.raw('messageId')}, '<> ')`);
  const at = scope.helper(
    'part_message_id_at',
    `if(position(${id}, '@') = 0, 0, length(${id}) + 1 - position(reverse(${id}), '@'))`,
  );
  const lowerHost = `concat(substring(${id}, 1, ${at}), lower(substring(${id}, ${at} + 1)))`;
  const messageId = scope.output(
    'messageId',
    cells.has('messageId') ? `if(${at} = 0, ${id}, ${lowerHost})` : "''",
  );
  const jobs = (['jobId', 'headerJob'] as const).filter((column) => cells.has(column));
  const positions = jobs.flatMap((column) => cells.layout.positions[column] ?? []);
  const job = scope.output('job', `trimBoth(toLowCardinality(${cellAt(positions)}))`);
  const eventId = cells.raw('eventId');
  // By a bit of its own the row says that its identity is an id that its source gave: jobs and ids make no difference then.
  const named = cells.has('eventId') ? ` + 128 * (${eventId} != '')` : '';
  scope.output('lacks', `toUInt8((${job} = '') + 2 * (${messageId} = '')${named})`);

  const { record, time, queued, orig, rcpt } = parts;
  const base = `if(${rcpt} = '', ${wholeRow(cells, parts)}, cityHash64(node, ${record}, ${time}, ${orig}, ${rcpt}))`;
  scope.output(
    'base',
    cells.has('eventId')
      ? `if(${eventId} = '', ${base}, cityHash64(node, ${record}, ${time}, ${eventId}))`
      : base,
  );
  const triple = scope.helper('part_triple', `cityHash64(${orig}, ${rcpt}, ${queued})`);
  scope.output('triple', `if(${queued} = 0 OR ${rcpt} = '', toUInt64(0), ${triple})`);
  const byJob = `${job} != '' AND ${rcpt} != '', cityHash64(toString(${job}), ${rcpt}, ${queued})`;
  const byId = `${messageId} != '', cityHash64(${messageId}, ${rcpt})`;
  scope.output('message', `multiIf(${byId}, ${byJob}, ${rcpt} != '', ${triple}, toUInt64(0))`);
}

/**
 * Hash over node and all filled cells of a row that has no recipient, by the names of the columns, so that neither their
 * order nor columns that stay empty make a difference. Type and times go in as read: their spelling may differ.
 */
function wholeRow(cells: Cells, parts: IdentityParts): string {
  const { positions, headers, others } = cells.layout;
  const named = new Map<string, number[]>();
  for (const [name, list] of Object.entries(others)) named.set(`other ${name}`, list);
  for (const [name, list] of Object.entries(headers)) named.set(`header ${name}`, list);
  const taken = new Set(['type', 'timeLogged', 'timeQueued']);
  for (const [name, list] of Object.entries(positions)) {
    const isHeader = list.every((position) =>
      Object.values(headers).some((known) => known.includes(position)),
    );
    if (!taken.has(name) && !isHeader) named.set(name, list);
  }
  const sorted = [...named].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = sorted
    .map(([name, list]) => `${quote(`\u001e${name}=`)}, ${cellAt(list)}, '\\x1f'`)
    .join(', ');
  // Empty cells are taken out of the text afterwards: conditions per cell would be computed for every row of a chunk.
  const filled = text === '' ? "''" : `replaceRegexpAll(concat(${text}), '\\x1e[^=\\x1e\\x1f]*=\\x1f', '')`;
  return `cityHash64(node, ${parts.record}, ${parts.time}, ${parts.queued}, ${filled})`;
}
