import type { PanelEditPage } from '@grafana/plugin-e2e';
import type { Locator, Page, Request } from '@playwright/test';
import type { Frame } from '../../ingester/src/model';
import { scene, service } from './scene';

/** A query as it went to Grafana's backend: what an editor made of clicks, and what Grafana adds. */
export type Asked = Record<string, unknown>;

/** An asked query with the answer that came back through Grafana. */
export interface Exchange {
  readonly asked: Asked;
  readonly frames: readonly Frame[];
}

interface Body {
  readonly from: string;
  readonly to: string;
  readonly queries: readonly (Asked & { refId: string; datasource?: { uid?: string } })[];
}

/** What Grafana keeps in a query for itself, as the backend takes it out too. */
const GRAFANAS = ['datasource', 'datasourceId', 'hide', 'key', 'schemaVersion'];

/** Does something that asks a query of this refId, and waits for its answer. */
export async function exchange(page: Page, act: () => Promise<unknown>, refId = 'A'): Promise<Exchange> {
  const answered = page.waitForResponse((response) => askedIn(response.request(), refId) !== undefined);
  await act();
  const response = await answered;
  const asked = askedIn(response.request(), refId) ?? {};
  const { results } = (await response.json()) as {
    results: Record<string, { frames?: Frame[]; error?: string }>;
  };
  const result = results[refId];
  if (!result || result.error !== undefined) throw new Error(result?.error ?? 'no answer');
  return { asked, frames: result.frames ?? [] };
}

/** The query of this refId that a request asks of the suite's datasource, with the range of the request. */
function askedIn(request: Request, refId: string): Asked | undefined {
  if (!request.url().includes('/api/ds/query')) return undefined;
  const { from, to, queries } = request.postDataJSON() as Body;
  const query = queries.find((each) => each.refId === refId && each.datasource?.uid === scene().datasource.uid);
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

/** A new panel in its editor, asking the suite's datasource over the generated day. */
export class EditedPanel {
  private constructor(
    readonly edit: PanelEditPage,
    readonly page: Page,
    /** The editor of query A. */
    readonly row: Locator,
  ) {}

  static async open(edit: PanelEditPage): Promise<EditedPanel> {
    const { datasource, from, to } = scene();
    const { page } = edit.ctx;
    await edit.datasource.set(datasource.name);
    const row = edit.getQueryEditorRow('A');
    await row.getByRole('combobox', { name: 'Question' }).waitFor();
    await edit.timeRange.set({ from: pickerTime(from), to: pickerTime(to) });
    return new EditedPanel(edit, page, row);
  }

  /** Chooses one option of a list and gives the exchange that follows. */
  choose(list: string, option: string): Promise<Exchange> {
    return exchange(this.page, () => this.pick(list, option));
  }

  /** Chooses one option of a list. */
  async pick(list: string, option: string): Promise<void> {
    const box = this.row.getByRole('combobox', { name: list, exact: true });
    await box.click();
    await box.fill(option);
    await this.page.getByRole('option', { name: new RegExp(`^${option}(\\s|$)`) }).first().click();
    await this.page.keyboard.press('Escape');
  }

  /** One of a few choices that are all in sight. */
  check(choice: string): Promise<Exchange> {
    return exchange(this.page, () => this.row.getByRole('radio', { name: choice, exact: true }).click({ force: true }));
  }

  /** Writes into a field and leaves it. */
  write(field: string, text: string): Promise<Exchange> {
    return exchange(this.page, async () => {
      await this.row.getByRole('textbox', { name: field, exact: true }).fill(text);
      await this.page.keyboard.press('Enter');
    });
  }
}

/** A time as Grafana's picker takes it; the suite's browser lives in UTC. */
function pickerTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
