import type { Locator, Page, Request } from '@playwright/test';
import { isDeepStrictEqual } from 'node:util';
import type { Frame } from '../../ingester/src/model';
import { scene, service } from './scene';

/** A query as it went to Grafana's backend: what an editor made of clicks, and what Grafana adds. */
export type Asked = Record<string, unknown>;

/** An asked query with the answer that came back through Grafana. */
export interface Exchange {
  readonly asked: Asked;
  readonly frames: readonly Frame[];
  readonly error: string | undefined;
}

type Result = { readonly frames?: readonly Frame[]; readonly error?: string };

interface Body {
  readonly from: string;
  readonly to: string;
  readonly queries: readonly (Asked & { datasource?: { uid?: string } })[];
}

/** What Grafana keeps in a query for itself, as the backend takes it out too. */
const GRAFANAS = ['datasource', 'datasourceId', 'hide', 'key', 'schemaVersion'];

/** Does something that makes the suite's datasource be asked a query with these parts, and waits for its answer. */
export async function exchange(
  page: Page,
  act: () => Promise<unknown>,
  parts: Asked = {},
): Promise<Exchange> {
  const answered = page.waitForResponse((response) => askedIn(response.request(), parts) !== undefined);
  // Where the act fails, its own error is the one to see.
  answered.catch(() => undefined);
  await act();
  const response = await answered;
  const asked = askedIn(response.request(), parts) ?? {};
  const { results } = (await response.json()) as { results: Record<string, Result> };
  const { frames = [], error } = results[String(asked['refId'])] ?? {};
  return { asked, frames, error };
}

/** The query with these parts that a request asks of the suite's datasource, with the range of the request. */
function askedIn(request: Request, parts: Asked): Asked | undefined {
  if (!request.url().includes('/api/ds/query')) return undefined;
  const { from, to, queries } = request.postDataJSON() as Body;
  const query = queries
    .filter(({ datasource }) => datasource?.uid === scene().datasource.uid)
    .find((each) => isDeepStrictEqual({ ...each, ...parts }, each));
  return query && { ...query, from: Number(from), to: Number(to) };
}

/** What the service itself answers to a query that Grafana asked. */
export async function truthOf(asked: Asked): Promise<readonly Frame[]> {
  const own = Object.entries(asked).filter(([name]) => !GRAFANAS.includes(name));
  return service().ask(Object.fromEntries(own) as Parameters<ReturnType<typeof service>['ask']>[0]);
}

/** Names and values of every field, frame by frame: what has to survive the way through Grafana. */
export function contentOf(frames: readonly Frame[]): unknown {
  return frames.map(({ schema, data }) => ({
    fields: schema.fields.map(({ name, type, labels }) => ({ name, type, labels: labels ?? {} })),
    values: data.values,
  }));
}

/** The query editor of a panel, used as a person does. */
export class QueryRow {
  constructor(
    readonly page: Page,
    readonly row: Locator,
  ) {}

  /** Chooses one option of a list. */
  async choose(list: string, option: string): Promise<void> {
    const box = this.row.getByRole('combobox', { name: list, exact: true });
    await box.click();
    await box.fill(option);
    const named = new RegExp(`^${option.replace(/[()]/g, '\\$&')}(\\s|$)`);
    await this.page.getByRole('option', { name: named }).first().click();
    // A list of several stays open; in one that is closed, Escape would take the choice back.
    if ((await box.getAttribute('aria-expanded')) === 'true') await box.press('Escape');
  }

  /** Chooses one of a few that are all in sight. */
  async check(choice: string): Promise<void> {
    await this.row.getByRole('radio', { name: choice, exact: true }).check({ force: true });
  }

  /** Writes into a field and leaves it. */
  async write(field: string, text: string): Promise<void> {
    await this.row.getByRole('textbox', { name: field, exact: true }).fill(text);
    await this.page.keyboard.press('Enter');
  }
}
