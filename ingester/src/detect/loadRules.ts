import { findNodeAtLocation, parse, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RulesError } from '../formats';
import shipped from './data/incidents.json';
import { mergeRules, rulesSchema, siteRulesSchema, type DetectionRules } from './rules';

/** Name of a site's file in the folder of rule files. */
const FILE = 'incidents.json';

/** The rules as they are shipped. */
export const SHIPPED_RULES: DetectionRules = rulesSchema.parse(shipped);

/**
 * The shipped rules with those of a site's text laid over them.
 *
 * @throws {RulesError} with a line for each entry that cannot be used; then none of them counts
 */
export function parseRules(text: string, file: string): DetectionRules {
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const errors: ParseError[] = [];
  // Comments are allowed: thresholds want reasons.
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [broken] = errors;
  if (broken)
    throw new RulesError(`${file}:${lineOf(broken.offset)}: not JSON (${printParseErrorCode(broken.error)})`);
  const result = siteRulesSchema.safeParse(value);
  if (result.success) return mergeRules(SHIPPED_RULES, result.data);
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const lines = result.error.issues.flatMap((issue) => {
    // An unknown field is told with its own line, not with that of what it stands in.
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    return keys.map((key) => {
      const path = [...issue.path, ...(key === undefined ? [] : [key])] as (string | number)[];
      const node = tree && nearest(tree, path);
      const said = key === undefined ? issue.message : 'is not known';
      return `${file}:${lineOf(node?.offset ?? 0)}: ${nameOf(path)}: ${said}`;
    });
  });
  throw new RulesError(lines.join('\n'));
}

/** What stands at a path, or the innermost thing around it. */
function nearest(tree: NonNullable<ReturnType<typeof parseTree>>, path: (string | number)[]) {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node) return node;
  }
  return tree;
}

function nameOf(path: readonly (string | number)[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text.replace(/^\./, '') || 'file';
}

/** Reads the rules of a folder, or the shipped ones where it has none. Throws as `parseRules` does. */
export function loadDetectionRules(folder: string | undefined): DetectionRules {
  const file = folder === undefined ? undefined : join(folder, FILE);
  return file !== undefined && existsSync(file)
    ? parseRules(readFileSync(file, 'utf8'), file)
    : SHIPPED_RULES;
}

/** What changes where a site's file does; empty where there is none. */
export function rulesMark(folder: string | undefined): string {
  const stat = folder === undefined ? undefined : statSync(join(folder, FILE), { throwIfNoEntry: false });
  return stat ? `${stat.ino}:${stat.mtimeMs}:${stat.size}` : '';
}
