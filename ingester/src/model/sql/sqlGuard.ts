import type { Store } from '../../store';
import { QueryError } from '../errors';
import { SQL_TABLES } from './sqlTables';
import { SQL_FORBIDDEN, SQL_FUNCTIONS, SQL_KEYWORDS, SQL_NODES } from './sqlWords';

/** A part of a parsed query: its kind, its name and its depth. */
interface Node {
  readonly depth: number;
  readonly kind: string;
  readonly name: string;
}

/** What the engine reads where a query names no table: one row of nothing. */
const NOTHING = 'system.one';

/**
 * Lets a query of people's own through in the engine's own spelling, or throws. It is judged twice, by its words and
 * by its parsed form, and only what is listed passes: one read-only SELECT over the documented tables.
 * @throws QueryError 400 that names what is not allowed
 */
export async function guardSql(
  read: Store['read'],
  sql: string,
  tables: readonly string[] = SQL_TABLES,
): Promise<string> {
  const [row] = await read<{ text: string | null }>(
    'SELECT formatQuerySingleLineOrNull({q:String}) AS text',
    {
      params: { q: sql },
    },
  );
  const text = row?.text;
  if (!text) throw refused('it is not one statement that can be parsed');
  const bare = withoutLiterals(text);
  checkWords(bare);
  const lines = await read<{ explain: string }>(`SELECT explain FROM (EXPLAIN AST ${text})`).catch(() => {
    throw refused('it cannot be parsed');
  });
  checkNodes(
    lines.map(({ explain }) => nodeOf(explain)),
    [...tables, NOTHING, ...namedQueries(bare)],
  );
  return text;
}

/** `COUNT` and `count` are one function. */
function isAllowed(name: string): boolean {
  return SQL_FUNCTIONS.has(name.toLowerCase());
}

function refused(reason: string): QueryError {
  return new QueryError(400, `sql: ${reason}`);
}

/** Texts become '' and quoted names plain ones, so that every word left is the query's own. */
function withoutLiterals(text: string): string {
  const bare = text.replace(/'(?:[^'\\]|\\.|'')*'/gs, "''");
  return bare.replace(/`((?:[^`\\]|\\.|``)*)`/gs, (_, name: string) => {
    if (!/^[\w :-]*$/.test(name))
      throw refused('a quoted name holds letters, digits, spaces, : _ and - only');
    return `quoted_${name.replace(/\W/g, '_')}`;
  });
}

function checkWords(bare: string): void {
  if (!/^(SELECT|WITH)\b/.test(bare)) throw refused('it must be a SELECT');
  if (/[{};"`\\]|--|\/\*|#/.test(bare)) throw refused('brackets { }, quotes and comments do not belong here');
  const word = SQL_FORBIDDEN.find((name) => new RegExp(`\\b${name}\\b`, 'i').test(bare));
  if (word !== undefined) throw refused(`${word} is not allowed`);
  for (const [, name = ''] of bare.matchAll(/([\w$]+)\s*\(/g))
    if (!isAllowed(name) && !SQL_KEYWORDS.has(name)) throw refused(`the function ${name} is not allowed`);
}

/** Names of the queries in WITH; they stand without a database. */
function namedQueries(bare: string): string[] {
  return [...bare.matchAll(/(?:WITH|,)\s+(\w+) AS \((?=SELECT|WITH)/g)].map(([, name = '']) => name);
}

function checkNodes(nodes: readonly Node[], tables: readonly string[]): void {
  nodes.forEach((node, index) => {
    if (!SQL_NODES.has(node.kind)) throw refused(`${node.kind} is not allowed`);
    if (node.kind === 'TableIdentifier' && !tables.includes(node.name))
      throw refused(`the table ${node.name} is not among ${SQL_TABLES.join(', ')}`);
    if (node.kind !== 'Function') return;
    if (!isAllowed(node.name)) throw refused(`the function ${node.name} is not allowed`);
    if (nodes[index - 1]?.kind === 'TableExpression') throw refused('table functions are not allowed');
    // A bare name on the right of IN is a table.
    if (/^(in|notIn)$/.test(node.name) && argumentsOf(nodes, index)[1]?.kind === 'Identifier')
      throw refused('the right side of IN must be values or a SELECT');
  });
  if (nodes.filter(({ kind }) => kind === 'Set').length > 0) throw refused('SETTINGS is not allowed');
}

function argumentsOf(nodes: readonly Node[], index: number): Node[] {
  const depth = nodes[index]?.depth ?? 0;
  const rest = nodes.slice(index + 1);
  const end = rest.findIndex((node) => node.depth <= depth);
  return rest.slice(0, end < 0 ? rest.length : end).filter((node) => node.depth === depth + 2);
}

function nodeOf(line: string): Node {
  const [, indent = '', kind = '', name = ''] =
    /^( *)(\w+)(?: (.*?))?(?: \(alias .*\))?(?: \(children \d+\))?$/.exec(line) ?? [];
  return { depth: indent.length, kind, name };
}
