import { describeModel, type Described, type ModelDescription } from './description';

const CELL: Readonly<Record<string, string>> = { short: 'number', percentunit: '0 to 1', s: 'seconds' };

/** Tables of the documentation in Markdown, by name, as the model's own tables say them. */
export function markdownTables(): Readonly<Record<string, string>> {
  const { metrics, dimensions, operators, eventColumns, serviceFigures, sql } = describeModel();
  return {
    metrics: table(
      ['metric', 'unit', 'meaning', 'judged by', 'from'],
      metrics.map(({ name, unit, description, denominator, minimum }) => [
        code(name),
        CELL[unit] ?? unit,
        description,
        denominator === null ? '' : code(denominator),
        minimum === null ? '' : String(minimum),
      ]),
    ),
    dimensions: table(
      ['dimension', 'value', 'used for'],
      [
        ...dimensions.map(({ name, description, groupBy, path }) => [
          code(name),
          description,
          ['filters', ...(groupBy ? ['groups'] : []), ...(path ? ['flows'] : [])].join(', '),
        ]),
        [code('header:<name>'), 'A custom header that is kept, by its name', 'filters'],
      ],
    ),
    operators: meanings('operator', 'holds where the value', operators),
    'event columns': table(
      ['column', 'value', 'unit'],
      eventColumns.map(({ name, description, unit }) => [code(name), description, unit ?? '']),
    ),
    'service figures': meanings('figure', 'meaning', serviceFigures),
    'sql macros': meanings('macro', 'stands for', sql.macros),
    'sql tables': sql.tables.map(sqlTable).join('\n\n'),
    'sql functions': [
      `Functions: ${sql.functions.map(code).join(', ')}.`,
      `Aggregates: ${sql.aggregates.map(code).join(', ')}; behind the name of each may stand ${sql.combinators.map(code).join(', ')}.`,
    ].join('\n\n'),
  };
}

function sqlTable({
  name,
  description,
  recipients,
  columns,
}: ModelDescription['sql']['tables'][number]): string {
  const rows = columns.map((column) => [
    code(column.name),
    code(column.type),
    column.unit ?? '',
    column.description,
  ]);
  const note = recipients ? ' Holds addresses of recipients: a viewer may not read it.' : '';
  return `### ${code(name)}\n\n${description}.${note}\n\n${table(['column', 'type', 'unit', 'meaning'], rows)}`;
}

function meanings(name: string, meaning: string, entries: readonly Described[]): string {
  return table(
    [name, meaning],
    entries.map((entry) => [code(entry.name), entry.description]),
  );
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
