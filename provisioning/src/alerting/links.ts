import { FILTERS, PLUGIN, type Narrowed } from '../dashboards/kit';

/** A dashboard, what it is narrowed to, and the hours to look at. */
interface Target {
  readonly dashboard: string;
  /** Variables with what they are set to: a template's expression, such as `$labels.provider`. */
  readonly narrowed?: Partial<Record<Narrowed, string>>;
  /** Conditions of the dashboard's filters: dimension and expression. */
  readonly filters?: Readonly<Record<string, string>>;
  readonly window: Window;
}

/** From and to as a link has them; texts of a template. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

/** The hours back from now. */
export const lately = (hours: number): Window => ({ from: `now-${hours}h`, to: 'now' });

/** Grafana's own address without its last slash. */
const HOME = '{{ externalURL | reReplaceAll "/+$" "" }}';

/** Names from logs that are longer are left out: a link that is cut leads nowhere. */
const LONGEST = 80;

/** A template that gives the link. What a variable would be set to may be empty: then the link does not narrow by it. */
export function link({ dashboard, narrowed = {}, filters = {}, window }: Target): string {
  const variables = Object.entries(narrowed).map(([name, value]) =>
    given(value, `&var-${name}={{ urlquery . }}`),
  );
  const conditions = Object.entries(filters).map(([dimension, value]) =>
    given(value, `&var-${FILTERS}=${encodeURIComponent(`${dimension}|=|`)}{{ urlquery . }}`),
  );
  return `${HOME}/d/${dashboard}?from=${window.from}&to=${window.to}${[...variables, ...conditions].join('')}`;
}

/** A text that is there where the expression gives a name that is neither empty nor too long; `.` in it is the name. */
function given(expression: string, text: string): string {
  return `{{ with ${expression} }}{{ if le (len .) ${LONGEST} }}${text}{{ end }}{{ end }}`;
}

/** A link that is there where the expression gives a name, `.` in what it is narrowed to; else the annotation is empty. */
export const linkWhere = (expression: string, target: Target): string => given(expression, link(target));

/** Where a runbook is read: the plugin carries the pages of docs/runbooks, so that they are there wherever Grafana is. */
export const runbook = (page: string): string => `${HOME}/public/plugins/${PLUGIN}/runbooks/${page}.txt`;
