import { CoreApp } from '@grafana/data';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import React, { useState } from 'react';
import type { WatchtowerDatasource } from '../datasource';
import { DEFAULT_QUERY, defaultQuery } from '../query/defaults';
import { barriers } from '../testing/axe';
import { FakeGrafana } from '../testing/grafana';
import type { WatchtowerQuery } from '../types';
import { QueryEditor } from './QueryEditor';

let grafana: FakeGrafana;
let datasource: WatchtowerDatasource;
let saved: WatchtowerQuery[];
let user: UserEvent;

beforeEach(() => {
  grafana = new FakeGrafana();
  datasource = grafana.install();
  saved = [];
  user = userEvent.setup();
});

/** The editor as Grafana holds it: what it saves comes back to it. */
function Panel({ start, app }: { start: Partial<WatchtowerQuery>; app?: CoreApp }) {
  const [query, setQuery] = useState<WatchtowerQuery>({ refId: 'A', ...start });
  return (
    <QueryEditor
      datasource={datasource}
      query={query}
      {...(app && { app })}
      onChange={(next) => {
        saved.push(next);
        setQuery(next);
      }}
      onRunQuery={() => undefined}
    />
  );
}

async function open(start: Partial<WatchtowerQuery> = DEFAULT_QUERY, app?: CoreApp) {
  const rendered = render(<Panel start={start} {...(app && { app })} />);
  await screen.findByRole('combobox', { name: 'Question' });
  return rendered;
}

/** Opens a list, types what narrows it, and clicks what is left on top. */
async function choose(field: HTMLElement, text: string) {
  await user.click(field);
  await user.keyboard(text);
  await user.click(await screen.findByRole('option', { name: (name) => name.startsWith(text) }));
}

const combobox = (name: string) => screen.getByRole('combobox', { name });

const last = () => saved[saved.length - 1];

// Without it a new panel would show an empty editor under the graph of the default query, and lose its metrics with the first click.
test('a query that nothing was chosen in yet shows what Grafana asks for it', async () => {
  await open({});
  expect(screen.getByRole('radio', { name: 'Time series' })).toBeChecked();
  await user.click(screen.getByRole('radio', { name: 'Table' }));
  expect(last()).toEqual({ refId: 'A', ...DEFAULT_QUERY, format: 'table' });
});

// Without it a new alert rule would show a query, be saved without it and never be evaluated.
test('the query that a new alert rule shows is kept, once; a rule that asks something else is left alone', async () => {
  // What the rule's first datasource had noted stays in it.
  const begun = { hide: false, instant: true, ...defaultQuery(CoreApp.UnifiedAlerting) };
  const { unmount } = await open(begun, CoreApp.UnifiedAlerting);
  expect(saved).toEqual([{ refId: 'A', ...begun }]);
  unmount();
  const other = await open({ ...DEFAULT_QUERY, metrics: ['bounced'], format: 'numeric' }, CoreApp.UnifiedAlerting);
  other.unmount();
  await open(DEFAULT_QUERY, CoreApp.PanelEditor);
  expect(saved).toHaveLength(1);
});

// Without it a person could not get from one kind of question to another, or would take parts along that fail there.
test('another kind of question brings what that kind needs, and no more', async () => {
  await open();
  await choose(combobox('Question'), 'Flows');
  expect(last()).toEqual({
    refId: 'A',
    schemaVersion: 1,
    queryType: 'flows',
    filters: [],
    path: ['senderDomain', 'vmta', 'provider'],
  });
  expect(screen.getByRole('combobox', { name: /^Path/ })).toBeInTheDocument();
  expect(screen.queryByRole('combobox', { name: 'Metrics' })).toBeNull();
});

test('live counters can be chosen, and need nothing', async () => {
  await open();
  await choose(combobox('Question'), 'Live');
  expect(last()).toEqual({ refId: 'A', schemaVersion: 1, queryType: 'live' });
});

test('risk is asked of one of the dimensions that it is told of, causes of an incident or of what filters let through', async () => {
  await open();
  await choose(combobox('Question'), 'Risk');
  expect(last()).toEqual({ refId: 'A', schemaVersion: 1, queryType: 'risk', filters: [], dimension: 'sender' });
  await choose(combobox('Risk of'), 'provider');
  expect(last()?.dimension).toBe('provider');
  await choose(combobox('Question'), 'Causes');
  expect(last()).toEqual({ refId: 'A', schemaVersion: 1, queryType: 'causes', filters: [] });
  await user.type(screen.getByRole('textbox', { name: 'Incident' }), 'I-7{Enter}');
  expect(last()?.incident).toBe('I-7');
  expect(screen.getByRole('button', { name: 'Add filter' })).toBeInTheDocument();
});

test('metrics and groups are chosen from the model’s own lists, by keyboard alone', async () => {
  await open({ ...DEFAULT_QUERY, metrics: ['delivered'] });
  screen.getByRole('combobox', { name: 'Metrics' }).focus();
  await user.keyboard('bounceRate{ArrowDown}{Enter}{Escape}');
  expect(last()?.metrics).toEqual(['delivered', 'bounceRate']);
  screen.getByRole('combobox', { name: 'Group by' }).focus();
  await user.keyboard('vmta{ArrowDown}{Enter}{Escape}');
  expect(last()?.groupBy).toEqual(['vmta']);
});

test('a format takes along what it can hold: alert rules read one metric, a histogram none', async () => {
  await open();
  await user.click(screen.getByRole('radio', { name: 'Numbers (alerting)' }));
  expect(last()).toMatchObject({ format: 'numeric', metrics: ['delivered'] });
  await user.click(screen.getByRole('radio', { name: 'Histogram' }));
  expect(last()).toMatchObject({ format: 'histogram', field: 'latency' });
  expect(last()).not.toHaveProperty('metrics');
  await user.click(screen.getByRole('radio', { name: 'Table' }));
  expect(last()).toMatchObject({ format: 'table', metrics: ['delivered', 'bounced', 'deferrals'] });
  expect(last()).not.toHaveProperty('field');
});

test('several metrics where one fits are told to the person', async () => {
  await open({ ...DEFAULT_QUERY, format: 'numeric' });
  expect(screen.getByText('This format takes one metric')).toBeInTheDocument();
});

test('an order by a group goes with the group', async () => {
  await open({ ...DEFAULT_QUERY, groupBy: ['vmta'], orderBy: 'vmta' });
  await user.click(screen.getByRole('button', { name: 'Remove vmta' }));
  expect(last()).toMatchObject({ groupBy: [] });
  expect(last()).not.toHaveProperty('orderBy');
});

test('a limit is a number, and a text that is none is told instead of being asked', async () => {
  await open({ ...DEFAULT_QUERY, groupBy: ['vmta'] });
  const limit = screen.getByRole('textbox', { name: 'Limit' });
  await user.type(limit, 'ten{Enter}');
  expect(saved).toEqual([]);
  expect(screen.getByText('A whole number from 1 on')).toBeInTheDocument();
  await user.clear(limit);
  await user.type(limit, '25{Enter}');
  expect(last()?.limit).toBe(25);
  expect(limit).toHaveFocus();
  await user.clear(limit);
  await user.tab();
  expect(last()).not.toHaveProperty('limit');
});

test('a preset is a whole query of its own; filters stay', async () => {
  const filters = [{ dimension: 'job', operator: '=' as const, values: ['J-1'] }];
  await open({ ...DEFAULT_QUERY, filters, limit: 3 });
  await user.click(screen.getByRole('button', { name: 'Presets' }));
  await user.click(await screen.findByRole('menuitem', { name: 'How long deliveries took' }));
  expect(last()).toEqual({
    refId: 'A',
    schemaVersion: 1,
    queryType: 'metrics',
    field: 'latency',
    format: 'histogram',
    groupBy: [],
    filters,
  });
});

test('events begin as log lines in Explore, as a table elsewhere', async () => {
  const { unmount } = await open(DEFAULT_QUERY, CoreApp.Explore);
  await choose(combobox('Question'), 'Events');
  expect(last()?.format).toBe('logs');
  unmount();
  await open(DEFAULT_QUERY, CoreApp.PanelEditor);
  await choose(combobox('Question'), 'Events');
  expect(last()?.format).toBe('table');
});

describe('filters', () => {
  test('one without a value is not asked; its values are suggested by the store, narrowed by the others', async () => {
    grafana.values = { vmta: ['vmta-1', 'vmta-2'] };
    const filters = [{ dimension: 'provider', operator: '=' as const, values: ['gmail'] }];
    await open({ ...DEFAULT_QUERY, filters });
    await user.click(screen.getByRole('button', { name: 'Add filter' }));
    const rows = within(screen.getByRole('group', { name: 'Filters' }));
    await choose(rows.getAllByRole('combobox', { name: 'Dimension' })[1] as HTMLElement, 'vmta');
    expect(saved).toEqual([]);
    expect(screen.getByText('Not asked until it has a value')).toBeInTheDocument();

    await user.click(rows.getByRole('combobox', { name: 'Values of vmta' }));
    await user.click(await screen.findByRole('option', { name: 'vmta-2' }));
    expect(last()?.filters).toEqual([...filters, { dimension: 'vmta', operator: '=', values: ['vmta-2'] }]);
    expect(grafana.asked[0]).toMatchObject({ queryType: 'values', dimension: 'vmta', filters });
  });

  test('variables of the dashboard can be chosen as values, and own texts typed', async () => {
    grafana.variables = { vmta: 'x' };
    await open({ ...DEFAULT_QUERY, filters: [{ dimension: 'vmta', operator: '=', values: ['a'] }] });
    await user.click(combobox('Values of vmta'));
    await user.click(await screen.findByRole('option', { name: '$vmta' }));
    await user.keyboard('own');
    await user.click(await screen.findByRole('option', { name: /^own/ }));
    await waitFor(() => expect(last()?.filters?.[0]?.values).toEqual(['a', '$vmta', 'own']));
  });

  test('a condition goes when it is removed, and when its last value goes, which leaves its row to be filled', async () => {
    await open({ ...DEFAULT_QUERY, filters: [{ dimension: 'vmta', operator: '=', values: ['a'] }] });
    await user.click(screen.getByRole('button', { name: 'Remove a' }));
    expect(last()?.filters).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Remove the filter on vmta' }));
    expect(screen.queryByRole('combobox', { name: 'Dimension' })).toBeNull();
  });

  test('an order of texts takes one value', async () => {
    await open({ ...DEFAULT_QUERY, filters: [{ dimension: 'vmta', operator: '=', values: ['a', 'b'] }] });
    await choose(combobox('Operator'), '<=');
    expect(last()?.filters).toEqual([{ dimension: 'vmta', operator: '<=', values: ['a'] }]);
  });
});

test('an API that does not answer is told, with what it said', async () => {
  grafana.failure = 'the read key is wrong';
  render(<Panel start={DEFAULT_QUERY} />);
  expect(await screen.findByText('the read key is wrong')).toBeInTheDocument();
});

test.each(['metrics', 'flows', 'events', 'messages', 'trace', 'values', 'service', 'ingestErrors', 'live'] as const)(
  'the editor of %s can be used without a mouse and without eyes',
  async (queryType) => {
    const { container } = await open({
      queryType,
      filters: [{ dimension: 'vmta', operator: '=', values: ['a'] }],
      groupBy: ['vmta'],
    });
    expect(await barriers(container)).toEqual([]);
  }
);

test('a question is asked of the range before, and of the range itself again', async () => {
  await open();
  const before = screen.getByRole('switch', { name: 'Range before' });
  await user.click(before);
  expect(last()).toMatchObject({ metrics: DEFAULT_QUERY.metrics, previous: true });
  await user.click(before);
  expect(last()).not.toHaveProperty('previous');
});
