import type { QueryEditorHelpProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Button, Stack, Text } from '@grafana/ui';
import React from 'react';
import { describeQuery } from '../query/describe';
import { PRESETS } from '../query/presets';
import type { WatchtowerQuery } from '../types';
import { presetTitle } from './presetTitles';

/** Help with examples: a click puts one into the editor. */
export function QueryHelp({ onClickExample }: QueryEditorHelpProps<WatchtowerQuery>) {
  return (
    <Stack direction="column" gap={2}>
      <Text element="h3">{t('help.title', 'What people ask most')}</Text>
      <Text element="p">
        {t(
          'help.text',
          'Choose the kind of question first, then metrics, groups and filters. Filters may hold dashboard variables: one at "All" asks for no condition.'
        )}
      </Text>
      {PRESETS.map(({ id, query }) => (
        <Stack key={id} direction="column" gap={0.5} alignItems="flex-start">
          <Button fill="text" onClick={() => onClickExample({ refId: 'A', ...query })}>
            {presetTitle(id)}
          </Button>
          <Text variant="code">{describeQuery({ refId: 'A', ...query })}</Text>
        </Stack>
      ))}
    </Stack>
  );
}
