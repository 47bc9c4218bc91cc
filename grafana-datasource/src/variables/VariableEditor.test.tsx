import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { barriers } from '../testing/axe';
import { FakeGrafana } from '../testing/grafana';
import type { WatchtowerQuery } from '../types';
import { VariableEditor } from './VariableEditor';

// Without it a variable could not be made without writing JSON, or would be no query of values.
test('a variable is a dimension and what narrows its values', async () => {
  const user = userEvent.setup();
  const saved: WatchtowerQuery[] = [];
  const { container } = render(
    <VariableEditor
      datasource={new FakeGrafana().install()}
      query={{ refId: 'v', queryType: 'values', dimension: 'provider', filters: [] }}
      onChange={(query) => saved.push(query)}
      onRunQuery={() => undefined}
    />
  );
  await user.click(await screen.findByRole('combobox', { name: 'Dimension' }));
  await user.keyboard('vmta');
  await user.click(await screen.findByRole('option', { name: /^vmta/ }));
  expect(saved).toEqual([{ refId: 'v', queryType: 'values', dimension: 'vmta', filters: [] }]);
  expect(await barriers(container)).toEqual([]);
});
