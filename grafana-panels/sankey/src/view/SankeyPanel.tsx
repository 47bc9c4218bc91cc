import type { PanelProps } from '@grafana/data';
import React, { useMemo } from 'react';
import { NoRows } from '../../../shared/states/NoRows';
import { PanelState } from '../../../shared/states/PanelState';
import { t } from '../../../shared/texts';
import { flowOf } from '../flow/flow';
import type { SankeyOptions } from '../options';
import { chooseFields } from './choose';
import { SankeyChart } from './SankeyChart';

/** The panel: finds its fields in the data and draws them, or says why it cannot. */
export function SankeyPanel({ data, width, height, options }: PanelProps<SankeyOptions>) {
  const choice = useMemo(() => chooseFields(data.series, options), [data.series, options]);
  const { limit } = options;
  const flow = useMemo(
    () =>
      'fields' in choice
        ? flowOf(choice.fields, { limit: limit > 0 ? limit : undefined, other: t('sankey.other', 'other') })
        : undefined,
    [choice, limit]
  );
  if ('empty' in choice) {
    return (
      <NoRows
        data={data}
        hint={t('sankey.empty-hint', 'No mail passed in this time, or none that the filters let through.')}
      />
    );
  }
  if ('missing' in choice) {
    return (
      <PanelState
        icon="exclamation-triangle"
        role="alert"
        message={t('sankey.missing', 'The data has no field for: {{fields}}', { fields: choice.missing.join(', ') })}
        hint={t(
          'sankey.missing-hint',
          'A query of type Flows has them all; of other data, choose the fields in the options.'
        )}
      />
    );
  }
  if (!flow || flow.links.length === 0) {
    const onlyZeros = flow !== undefined && flow.zeros > 0 && flow.skipped === 0;
    return onlyZeros ? (
      <PanelState icon="info-circle" message={t('sankey.zero', 'Nothing flows: every value is 0')} />
    ) : (
      <PanelState
        icon="exclamation-triangle"
        message={t('sankey.no-link', 'No row is a link: each needs a source, a target and a number of 0 or more')}
      />
    );
  }
  return <SankeyChart {...choice} {...{ flow, options, width, height }} />;
}
