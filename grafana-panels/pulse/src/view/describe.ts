import { dateTimeFormat, formattedValueToString, getFieldDisplayName, getValueFormat, type Field } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { shown, type Fact } from '../../../shared/fields/shown';
import { t } from '../../../shared/texts';
import type { Cell, Standing } from '../board/types';
import { ROLES, type Role } from '../options';

/** A number of a cell as it is written; empty where there is none. */
export function written(cell: Cell, role: Role): string {
  const reading = cell.entity.readings[role];
  return reading ? shown(reading.field, reading.value) : '';
}

/** The same with no more digits than are read at a glance, unless the panel's settings say how many or map it. */
export function brief(cell: Cell, role: Role): string {
  const reading = cell.entity.readings[role];
  return reading ? shortened(reading.field, reading.value) : '';
}

function shortened(field: Field, value: number): string {
  const { decimals, mappings = [], unit = 'short' } = field.config;
  if (typeof decimals === 'number' || mappings.length > 0) {
    return shown(field, value);
  }
  const format = getValueFormat(unit);
  const { text } = format(value, 1);
  return formattedValueToString(format(value, Math.abs(parseFloat(text)) >= 10 || text.endsWith('.0') ? 0 : 1));
}

/** Marks where a text has its value. */
const HERE = '\u0000';

/** Writes volumes a minute. It is translated once for all cells: a translation takes longer than all else of a cell. */
export function perMinute(): (value: string) => string {
  const [before = '', after = ''] = t('pulse.per-minute', '{{value}}/min', { value: HERE }).split(HERE);
  return (value) => before + value + after;
}

/** Volume a minute, or the volume of the whole time where the data has no series. */
export function throughput(cell: Cell, a: (value: string) => string): string {
  const field = cell.entity.readings.volume?.field;
  return cell.throughput === null || !field ? brief(cell, 'volume') : a(shortened(field, cell.throughput));
}

/** What a cell says in place of its state. */
export function standingText(standing: Standing): string {
  const texts: Record<Standing, () => string> = {
    dark: () => t('pulse.dark', 'DARK'),
    few: () => t('pulse.few', 'few'),
    idle: () => t('pulse.idle', 'idle'),
    unknown: () => t('pulse.unknown', 'no value'),
    judged: () => '',
  };
  return texts[standing]();
}

/** What its standing means, in a sentence; empty where its state says all. */
export function standingMeaning(cell: Cell, minVolume: number, timeZone: TimeZone): string {
  const { standing, lastSeen } = cell;
  if (standing === 'dark') {
    return lastSeen === null
      ? t('pulse.dark-text', 'No mail, although the others go on')
      : t('pulse.dark-since', 'No mail since {{time}}, although the others go on', {
          time: dateTimeFormat(lastSeen, { timeZone, format: 'YYYY-MM-DD HH:mm' }),
        });
  }
  if (standing === 'few') {
    return t('pulse.few-text', 'Not enough data: fewer than {{count}}', { count: minVolume });
  }
  if (standing === 'idle') {
    return t('pulse.idle-text', 'No mail in this time');
  }
  return standing === 'unknown' ? t('pulse.unknown-text', 'The data has no state of it') : '';
}

/** What a state or another number is called. */
export function label(field: Field): string {
  // The labels of a series are what the cell is called by already.
  return field.config.displayName ?? (field.labels ? field.name : getFieldDisplayName(field));
}

/** Everything that is known of a cell, each number with its own unit. */
export function factsOf(cell: Cell, minVolume: number, timeZone: TimeZone): Fact[] {
  const { readings, group } = cell.entity;
  const meaning = standingMeaning(cell, minVolume, timeZone);
  const told = new Set<string>();
  const facts: Fact[] = meaning ? [{ label: meaning, value: '' }] : [];
  if (cell.throughput !== null) {
    facts.push({ label: t('pulse.now', 'Now'), value: throughput(cell, perMinute()) });
  }
  for (const role of ROLES) {
    const reading = readings[role];
    if (reading && !told.has(reading.field.name)) {
      told.add(reading.field.name);
      facts.push({ label: label(reading.field), value: shown(reading.field, reading.value) });
    }
  }
  if (group !== '') {
    facts.push({ label: t('pulse.group', 'Group'), value: group });
  }
  return facts;
}
