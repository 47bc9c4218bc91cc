/**
 * Values that are looked up when a question is asked, so that a changed rule or mapping needs no loading again. The
 * engine reads the table once per query, and looks each distinct value of a block up once.
 */
function lookUp(value: string, pairs: string, missing: string): string {
  const table = `(SELECT (groupArray(key), groupArray(found)) FROM (${pairs} UNION ALL SELECT '' AS key, '' AS found))`;
  return `transform(${value}, ${table}.1, ${table}.2, '${missing}')`;
}

/** SQL of the class that the rules give a reason; '' without a reason. */
export function reasonClassOf(reason: string): string {
  const known =
    'SELECT r.reason AS key, argMax(toString(r.class), r.version) AS found FROM watchtower.reason_rules AS r GROUP BY key';
  return lookUp(reason, known, 'other');
}

/** SQL of the user who owns a job; '' where nobody does. */
export function userOf(job: string): string {
  return lookUp(job, 'SELECT u.job AS key, u.user AS found FROM watchtower.users AS u', '');
}
