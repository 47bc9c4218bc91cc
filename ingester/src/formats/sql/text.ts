/** A string literal. Whatever comes from rule files, headers or settings goes through here. */
export function quote(text: string): string {
  const escaped = text.replace(/[\\']|\p{Cc}/gu, (char) => {
    if (char === '\\' || char === "'") return `\\${char}`;
    return char < ' ' ? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char;
  });
  return `'${escaped}'`;
}

/** An array literal of strings. */
export function quoteList(texts: string[]): string {
  return `[${texts.map(quote).join(', ')}]`;
}

/** `text` as a pattern that matches just itself. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/**
 * `transform` from one string to another; with no pairs the fallback alone. On a LowCardinality value it runs once
 * per distinct value.
 */
export function lookUp(value: string, pairs: Iterable<[string, string]>, fallback: string): string {
  const list = [...pairs];
  if (list.length === 0) return fallback;
  const from = quoteList(list.map(([key]) => key));
  const to = quoteList(list.map(([, result]) => result));
  return `transform(${value}, ${from}, ${to}, ${fallback})`;
}

/** `transform` from strings to small numbers, 0 where nothing fits. */
export function lookUpCode(value: string, pairs: Iterable<[string, number]>): string {
  const list = [...pairs];
  if (list.length === 0) return 'toInt8(0)';
  const codes = list.map(([, code]) => String(code)).join(', ');
  return `toInt8(transform(${value}, ${quoteList(list.map(([key]) => key))}, [${codes}], 0))`;
}
