import { locationUtil, type Field } from '@grafana/data';
import { locationService } from '@grafana/runtime';

/** A link that somebody configured on a field, with the values of one row filled in. */
export interface RowLink {
  readonly title: string;
  readonly href: string;
  readonly target: '_blank' | undefined;
}

/** The links of a row's fields, each once. Addresses that are no page (`javascript:` and the like) are left out. */
export function linksOfRow(fields: ReadonlyArray<Field | undefined>, row: number): RowLink[] {
  const found = new Map<string, RowLink>();
  for (const field of fields) {
    for (const { title, href, target } of field?.getLinks?.({ valueRowIndex: row }) ?? []) {
      if (isPage(href)) {
        found.set(`${title}\n${href}`, { title, href, target: target === '_blank' ? target : undefined });
      }
    }
  }
  return [...found.values()];
}

/** Goes where a link leads: within Grafana without loading it anew, elsewhere as the browser does. */
export function follow({ href, target }: Pick<RowLink, 'href' | 'target'>): void {
  if (target === undefined && new URL(href, window.location.href).origin === window.location.origin) {
    locationService.push(locationUtil.stripBaseFromUrl(href));
  } else {
    window.open(href, target ?? '_self', 'noopener');
  }
}

/** Whether an address leads to a page, on this server or another: http, https or mail, whatever stands before it. */
export function isPage(href: string): boolean {
  try {
    return ['http:', 'https:', 'mailto:'].includes(new URL(href, 'http://localhost/').protocol);
  } catch {
    return false;
  }
}
