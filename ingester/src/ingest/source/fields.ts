/** The fields of one well-formed CSV row without its line end, quotes taken off. A quote inside an unquoted field is text. */
export function splitFields(row: string): string[] {
  const fields: string[] = [];
  for (let i = 0; ; i++) {
    if (row[i] === '"') {
      let close = row.indexOf('"', i + 1);
      while (close >= 0 && row[close + 1] === '"') close = row.indexOf('"', close + 2);
      if (close < 0) close = row.length;
      fields.push(row.slice(i + 1, close).replaceAll('""', '"'));
      i = close + 1;
    } else {
      const comma = row.indexOf(',', i);
      const end = comma < 0 ? row.length : comma;
      fields.push(row.slice(i, end));
      i = end;
    }
    if (i >= row.length) return fields;
  }
}

/** A CSV row without line end; fields are quoted where they must be. */
export function joinFields(fields: string[]): string {
  return fields
    .map((field) => (/[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}
