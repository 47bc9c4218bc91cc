import type { QueryEditorHelpProps } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { PRESETS } from '../query/presets';
import { barriers } from '../testing/axe';
import type { WatchtowerQuery } from '../types';
import { QueryHelp } from './QueryHelp';

// Without it examples would be texts that a person has to type anew.
test('a click on an example puts the whole query into the editor', async () => {
  const user = userEvent.setup();
  const onClickExample = jest.fn();
  const props = { onClickExample } as unknown as QueryEditorHelpProps<WatchtowerQuery>;
  const { container } = render(<QueryHelp {...props} />);
  await user.click(screen.getByRole('button', { name: 'Messages waiting' }));
  const backlog = PRESETS.find(({ id }) => id === 'backlog');
  expect(onClickExample).toHaveBeenCalledWith({ refId: 'A', ...backlog?.query });
  expect(screen.getAllByRole('button')).toHaveLength(PRESETS.length);
  expect(await barriers(container)).toEqual([]);
});
