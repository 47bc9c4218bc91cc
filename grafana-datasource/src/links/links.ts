import { FieldType, type DataFrame, type DataLink, type Field, type TimeRange } from '@grafana/data';
import { t } from '@grafana/i18n';
import type { WatchtowerQuery } from '../types';
import { DASHBOARDS_OF, FILTERS, narrowedTo } from './dashboards';

/** What links are built from. */
export interface LinkContext {
  readonly datasource: { readonly uid: string; readonly name: string };
  /** Uids of the dashboards that can be opened. */
  readonly dashboards: ReadonlySet<string>;
  readonly range?: TimeRange | undefined;
}

/** Name of the field that log lines get for the link to their message. */
export const MESSAGE_FIELD = 'message';

/** Fields that name one message, and the part of a trace query that takes the name. */
const TRACED: Readonly<Record<string, 'messageId' | 'event'>> = { messageId: 'messageId', [MESSAGE_FIELD]: 'event' };

/** A frame whose fields lead further: a provider, VMTA, pool or job to its dashboard, a message to its trace. */
export function withLinks(frame: DataFrame, context: LinkContext): DataFrame {
  const fields = frame.meta?.preferredVisualisationType === 'logs' ? withMessage(frame) : frame.fields;
  return { ...frame, fields: fields.map((field) => linked(field, context)) };
}

/** Grafana shows no links on a log line's id, so the id stands in a field of its own once more. */
function withMessage({ fields }: DataFrame): Field[] {
  const id = fields.find(({ name }) => name === 'id');
  return id ? [...fields, { ...id, name: MESSAGE_FIELD, config: {} }] : fields;
}

function linked(field: Field, context: LinkContext): Field {
  const links = field.type === FieldType.string ? linksOf(field.name, context) : [];
  return links.length > 0
    ? { ...field, config: { ...field.config, links: [...(field.config.links ?? []), ...links] } }
    : field;
}

function linksOf(name: string, { datasource, dashboards, range }: LinkContext): DataLink[] {
  const links: DataLink[] = [];
  const uid = DASHBOARDS_OF[name]?.find((each) => dashboards.has(each));
  if (uid !== undefined) {
    links.push({
      title: titleOf(name),
      url: '',
      onBuildUrl: ({ replaceVariables }) => dashboardUrl(uid, name, replaceVariables, range),
    });
  }
  const part = TRACED[name];
  if (part !== undefined) {
    const query: WatchtowerQuery = { refId: 'A', queryType: 'trace', [part]: '${__value.raw}' };
    const title = t('links.trace', 'Trace this message');
    links.push({ title, url: '', internal: { datasourceUid: datasource.uid, datasourceName: datasource.name, query } });
  }
  return links;
}

/**
 * The address of a dashboard with the time and the variables of the page, and the field's value as its variable. The
 * value is text of senders: it only ever stands percent-encoded behind a `=`.
 */
export function dashboardUrl(
  uid: string,
  name: string,
  replaceVariables: ((text: string) => string) | undefined,
  range: TimeRange | undefined
): string {
  // What Grafana cannot fill in, such as variables where there is no dashboard, stays as it was written.
  const filled = (text: string) => {
    const replaced = replaceVariables?.(text) ?? text;
    return replaced === text ? undefined : replaced;
  };
  const parameters = new URLSearchParams(filled('${__all_variables}') ?? '');
  const time = new URLSearchParams(filled('${__url_time_range}') ?? '');
  const from = time.get('from') ?? range?.from.valueOf().toString();
  const to = time.get('to') ?? range?.to.valueOf().toString();
  for (const [key, value] of Object.entries({ from, to })) {
    if (value !== undefined) {
      parameters.set(key, value);
    }
  }
  const value = filled('${__value.raw}');
  if (value !== undefined) {
    const [key, narrowed] = narrowedTo(name, value);
    // A variable takes the value instead of what it had; filters are kept, as all of them must hold.
    if (key === FILTERS) {
      parameters.append(key, narrowed);
    } else {
      parameters.set(key, narrowed);
    }
  }
  return `/d/${uid}?${parameters}`;
}

function titleOf(name: string): string {
  const titles: Record<string, () => string> = {
    provider: () => t('links.provider', 'Open this provider'),
    domain: () => t('links.domain', 'Open this domain'),
    vmta: () => t('links.vmta', 'Open this VMTA'),
    pool: () => t('links.pool', 'Open this pool'),
    job: () => t('links.job', 'Open this job'),
    sender: () => t('links.sender', 'Risk of this sender'),
    senderDomain: () => t('links.sender-domain', 'Risk of this sender domain'),
    user: () => t('links.user', 'Risk of this user'),
    sourceIp: () => t('links.source-ip', 'Open this address'),
    node: () => t('links.node', 'Open this node'),
    reason: () => t('links.reason', 'Events with this reason'),
    bounceCategory: () => t('links.category', 'Events of this category'),
    smtpStatus: () => t('links.status', 'Events with this status'),
    messageId: () => t('links.message', 'Open this message'),
  };
  return titles[name]?.() ?? name;
}
