/** Texts of alerts: templates that Grafana expands with the labels and values of an alert. What is over is told as such. */

/** The value of a query. Where it is missing this is 0: a field of nothing would leave the whole text unexpanded. */
export const value = (refId: string): string => `(index $values "${refId}").Value`;

/** A label of a query's own: those of `details` are not labels of the alert. */
export const detail = (refId: string, label: string): string =>
  `(index (index $values "${refId}").Labels "${label}")`;

/** Two texts, by whether the query's value is above 0. */
export const whether = (refId: string, then: string, otherwise: string): string =>
  `{{ if gt ${value(refId)} 0.0 }}${then}{{ else }}${otherwise}{{ end }}`;

/** A text that is there where the query has a value: only what is not a number differs from itself. */
export const known = (refId: string, text: string): string =>
  `{{ if eq ${value(refId)} ${value(refId)} }}${text}{{ end }}`;

/** A share, from 0 to 1, in percent: whole ones, and finer the smaller it is. */
export const percent = (refId: string): string =>
  `{{ ${value(refId)} | humanizePercentage | reReplaceAll "^(\\\\d\\\\d+)\\\\.\\\\d+" "$1" | reReplaceAll "^([1-9]\\\\.\\\\d)\\\\d+" "$1" | reReplaceAll "(\\\\.\\\\d\\\\d)\\\\d+" "$1" | reReplaceAll "%" " %" }}`;

/** A count, or with `digits` a number. */
export const count = (refId: string, digits = 0): string => `{{ printf "%.${digits}f" ${value(refId)} }}`;

/** A count of seconds, as people say it. */
export const duration = (refId: string): string => `{{ humanizeDuration ${value(refId)} }}`;

/** A moment (epoch ms) by the clock in UTC. */
export const clock = (refId: string, layout: string): string =>
  // Templates cannot divide; a number as text can be written with an exponent.
  `{{ (toTime (printf "%.0fe-3" ${value(refId)})).UTC.Format "${layout}" }}`;

/** A moment (epoch ms) as a link has it. */
export const instant = (refId: string): string => `{{ printf "%.0f" ${value(refId)} }}`;

/** One of several texts, by a label; the last one is that of every other value. */
export function byLabel(label: string, texts: Readonly<Record<string, string>>): string {
  const all = Object.entries(texts);
  const cases = all
    .slice(0, -1)
    .map(([name, text]) => `{{ if eq $labels.${label} "${name}" }}${text}{{ else }}`);
  return cases.join('') + (all.at(-1)?.[1] ?? '') + '{{ end }}'.repeat(cases.length);
}

/** A mailbox provider as people write it. */
export const PROVIDER = `{{ if eq $labels.provider "other" }}other providers{{ else if eq $labels.provider "gmx" }}GMX{{ else }}{{ title $labels.provider }}{{ end }}`;

/** Through what mail goes there: a VMTA, a pool, or all of them. */
export const ROUTE = `{{ with $labels.vmta }}{{ . }}{{ else }}{{ with $labels.pool }}pool {{ . }}{{ else }}all VMTAs{{ end }}{{ end }}`;

/** What an alert says: in a few words, and then in a sentence or two. */
export interface Texts {
  readonly what: string;
  readonly facts: string;
}

/** The annotations that texts of an alert become: other receivers than Slack's show the summary. */
export const told = ({ what, facts }: Texts): Record<string, string> => ({
  summary: `${what}. ${facts}`,
  what,
  facts,
});
