import type { Column } from '../columns';
import type { Cells } from './cells';
import { recordCodes } from './record';
import type { Scope } from './scope';
import { quote } from './text';

/** 2000-01-01: no log is older than PowerMTA itself. */
const earliest = 946684800;
/** Clocks differ, but not by more than this many seconds. */
const ahead = 2 * 86400;

/** ISO with a zone, with `T` and `Z`, or without a zone; epoch seconds; fractional seconds are allowed. */
const shape =
  '^(?:[0-9]{9,10}(?:\\.[0-9]*)?|[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:[.,][0-9]*)?)?(?: ?(?:Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?)$';

/** Epoch seconds of a raw cell; 0 where the text is no time. */
function parsed(cell: string, timezone: string): string {
  // The engine's parser lets hour 25 or second 99 roll over, so the digits are checked before; the fixed-width form of
  // the logs by cheap comparisons, any other by the pattern.
  const fixedWidth =
    `length(${cell}) = 24 AND startsWith(${cell}, '20') AND substring(${cell}, 12, 2) < '24' AND ` +
    `substring(${cell}, 15, 1) < '6' AND substring(${cell}, 18, 1) < '6' AND substring(${cell}, 20, 1) IN ('+', '-')`;
  const zone = quote(timezone);
  const whole = `replaceRegexpOne(${cell}, '[.,][0-9]*', '')`;
  const others = `if(match(${cell}, ${quote(shape)}), parseDateTimeBestEffortOrZero(${whole}, ${zone}), toDateTime(0, ${zone}))`;
  return `toUInt32(if(${fixedWidth}, parseDateTimeBestEffortOrZero(${cell}, ${zone}), ${others}))`;
}

/** References to what this file adds to the scope. */
export interface TimeSql {
  /** Event time in epoch seconds, 0 where it is bad. */
  time: string;
  /** Queue time in epoch seconds, 0 where it is missing or bad. */
  queued: string;
  /** Text of what is wrong with the event time, '' where nothing is. */
  error: string;
}

/** Adds `time`, `queued` and the check of the event time. */
export function addTimes(
  scope: Scope,
  cells: Cells,
  record: string,
  options: { timezone: string; now: number },
): TimeSql {
  const latest = Math.floor(options.now) + ahead;
  const seconds = (name: string, column: Column, cell: string): string => {
    if (!cells.has(column)) return 'toUInt32(0)';
    const read = scope.helper(`part_${name}_read`, parsed(cell, options.timezone));
    return scope.helper(
      `part_${name}`,
      `if(${read} BETWEEN ${earliest} AND ${latest}, ${read}, toUInt32(0))`,
    );
  };
  const cell = (column: Column) => scope.helper(`part_cell_${column}`, `trimBoth(${cells.raw(column)})`);
  const queuedCell = cell('timeQueued');
  const logQueued = seconds('queued', 'timeQueued', queuedCell);
  const loggedCell = cell('timeLogged');
  const logged = seconds('logged', 'timeLogged', loggedCell);
  const time = scope.helper(
    'part_time',
    !cells.has('timeLogged')
      ? logQueued
      : cells.has('timeQueued')
        ? `if(${loggedCell} = '', ${logQueued}, ${logged})`
        : logged,
  );
  // A message is queued when it is received; its row has no column for that.
  const queued = scope.helper(
    'part_queued_at',
    `if(${record} = ${recordCodes.r} AND ${logQueued} = 0, ${time}, ${logQueued})`,
  );
  scope.output('time', `toDateTime(${time}, 'UTC')`);
  scope.output('queued', `toDateTime(${queued}, 'UTC')`);
  return { time, queued, error: timeError(cells, { loggedCell, queuedCell, time }) };
}

function timeError(cells: Cells, sql: { loggedCell: string; queuedCell: string; time: string }): string {
  const complain = (column: string, cell: string) => {
    const shown = `substringUTF8(toValidUTF8(${cell}), 1, 60)`;
    const reason = `if(match(${cell}, ${quote(shape)}), '\\' is out of range or no such day', '\\' is not a time')`;
    return `concat('${column} \\'', ${shown}, ${reason})`;
  };
  const empty = cells.has('timeLogged') ? `'timeLogged is empty'` : `'timeQueued is empty'`;
  const texts = [];
  if (cells.has('timeLogged'))
    texts.push(`${sql.loggedCell} != '', ${complain('timeLogged', sql.loggedCell)}`);
  if (cells.has('timeQueued'))
    texts.push(`${sql.queuedCell} != '', ${complain('timeQueued', sql.queuedCell)}`);
  return `multiIf(${sql.time} != 0, '', ${texts.join(', ')}, ${empty})`;
}
