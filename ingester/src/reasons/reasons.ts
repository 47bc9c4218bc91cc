import { classifySql, type FormatRules } from '../formats';
import type { Store } from '../store';

/** Keeps what the rules say of every reason that was seen. */
export interface Reasons {
  /** Judges the reasons that are new. Calls that come while one is running are one more. */
  refresh(): Promise<void>;
}

/**
 * Judges every reason that was seen by these rules, whatever earlier rules said: the loaded events stay as they are.
 * Each reason is judged once, not each event.
 */
export async function openReasons(store: Pick<Store, 'write'>, rules: FormatRules): Promise<Reasons> {
  const version = Date.now();
  const judge = () => store.write(judgeSql(rules, version));
  await judge();
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    running = judge().finally(() => (running = undefined));
    return running;
  };
  return {
    refresh: () => (running ? (next ??= running.then(start, start)) : start()),
  };
}

function judgeSql(rules: FormatRules, version: number): string {
  return `INSERT INTO watchtower.reason_rules (reason, class, vendor, code, rule, version)
SELECT reason, class, vendor, code, rule, ${version}
FROM
(
SELECT reason,
${classifySql('reason', rules)}
FROM
(
    SELECT DISTINCT toString(reason) AS reason
    FROM watchtower.failure_day
    WHERE reason != '' AND reason NOT IN (SELECT reason FROM watchtower.reason_rules WHERE version = ${version})
)
)
SETTINGS async_insert = 0`;
}
