import type { Layout } from '../header';
import type { FormatRules } from '../schemas';
import { cellAt } from './cells';
import type { Scope } from './scope';
import { escapePattern, quote } from './text';

const mapType = 'Map(LowCardinality(String), String)';

/** Whether a custom header is kept. `*` stands for any characters; the subject only goes by its own name. */
export function isKept(name: string, patterns: string[]): boolean {
  return patterns.some((pattern) => {
    const wanted = pattern
      .trim()
      .toLowerCase()
      .replace(/^header[_-]/, '');
    if (name === 'subject') return wanted === 'subject';
    return new RegExp(`^${wanted.split('*').map(escapePattern).join('.*')}$`).test(name);
  });
}

/** Adds `headers` (the kept custom headers that are filled) and `ref` (hash of the header that names one message). */
export function addHeaders(
  scope: Scope,
  layout: Layout,
  rules: FormatRules,
  keep: string[] | undefined,
): void {
  const patterns = keep ?? rules.headers.keepHeaders;
  const kept = Object.entries(layout.headers).filter(([name]) => isKept(name, patterns));
  const pairs = kept.map(([name, positions]) => `${quote(name)}, ${cellAt(positions)}`).join(', ');
  const filled = `mapFilter((k, v) -> v != '', map(${pairs}))`;
  scope.output('headers', `CAST(${pairs === '' ? 'map()' : filled} AS ${mapType})`);
  const naming = rules.headers.messageNamingHeaders
    .map((name) => layout.headers[name])
    .filter((p) => p !== undefined);
  if (naming.length === 0) {
    scope.output('ref', 'toUInt64(0)');
    return;
  }
  const value = scope.helper('part_ref', cellAt(naming.flat()));
  scope.output('ref', `if(${value} = '', toUInt64(0), cityHash64(${value}))`);
}
