/** The SELECT of a rollup's view, over those rows of its source alone that meet a condition. */
export async function viewOver(
  store: { read<T>(sql: string): Promise<T[]> },
  table: string,
  source: string,
  condition: string,
): Promise<string> {
  const [view] = await store.read<{ sql: string }>(
    `SELECT as_select AS sql FROM system.tables WHERE database = 'watchtower' AND name = '${table}_view'`,
  );
  if (!view) throw new Error(`The rollup ${table} has no view`);
  return view.sql.replace(
    new RegExp(`FROM watchtower\\.${source}\\b`),
    `FROM (SELECT * FROM watchtower.${source} WHERE ${condition})`,
  );
}
