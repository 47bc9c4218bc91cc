import type { AnnotationQuery } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { barriers } from '../testing/axe';
import { FakeGrafana } from '../testing/grafana';
import type { WatchtowerQuery } from '../types';
import { AnnotationEditor } from './AnnotationEditor';
import { annotationSupport } from './annotations';

const start: AnnotationQuery<WatchtowerQuery> = { name: 'Incidents', enable: true, iconColor: 'red' };

/** The editor as Grafana holds it: what it saves comes back to it. */
function shown(annotation: AnnotationQuery<WatchtowerQuery> = start) {
  const grafana = new FakeGrafana();
  grafana.values = { provider: ['gmail', 'yahoo'] };
  const datasource = grafana.install();
  const saved: Array<AnnotationQuery<WatchtowerQuery>> = [];
  function Held() {
    const [held, hold] = useState(annotation);
    return (
      <AnnotationEditor
        datasource={datasource}
        query={annotationSupport.getDefaultQuery?.() as WatchtowerQuery}
        annotation={held}
        onAnnotationChange={(next) => {
          saved.push(next);
          hold(next);
        }}
        onChange={() => expect(saved).toBe('kept on the annotation')}
        onRunQuery={() => undefined}
      />
    );
  }
  return { saved, ...render(<Held />) };
}

// Without it incidents could not be narrowed to those of one graph, or the annotation would lose its name and colour.
test('incidents are drawn where nothing was chosen, and can be narrowed', async () => {
  const user = userEvent.setup();
  const { saved, container } = shown();
  expect(await screen.findByRole('radio', { name: 'Incidents' })).toBeChecked();
  await user.click(screen.getByRole('button', { name: 'Add filter' }));
  await user.click(screen.getByRole('combobox', { name: 'Values of provider' }));
  await user.click(await screen.findByRole('option', { name: 'yahoo' }));
  expect(saved.at(-1)).toEqual({
    ...start,
    target: {
      refId: 'Anno',
      schemaVersion: 1,
      queryType: 'incidents',
      format: 'table',
      filters: [{ dimension: 'provider', operator: '=', values: ['yahoo'] }],
    },
  });
  await user.keyboard('{Escape}');
  expect(await barriers(container)).toEqual([]);
});

// A filter that stays where it has no meaning would be refused by the API, and nothing would be drawn.
test('loaded files take no filters, and incidents come back without them', async () => {
  const user = userEvent.setup();
  const filters = [{ dimension: 'provider', operator: '=', values: ['gmail'] }] as WatchtowerQuery['filters'];
  const { saved } = shown({ ...start, target: { refId: 'Anno', queryType: 'incidents', filters } });
  await user.click(await screen.findByRole('radio', { name: 'Loaded files' }));
  expect(saved.at(-1)?.target).toEqual({ refId: 'Anno', schemaVersion: 1, queryType: 'files' });
  expect(screen.queryByRole('button', { name: 'Add filter' })).not.toBeInTheDocument();
  await user.click(screen.getByRole('radio', { name: 'Incidents' }));
  expect(saved.at(-1)?.target).toMatchObject({ queryType: 'incidents', filters: [] });
});
