import { t } from '@grafana/i18n';
import { InlineSwitch, RadioButtonGroup, Stack } from '@grafana/ui';
import React from 'react';
import { missingPart } from '../query/defaults';
import type { WatchtowerQuery } from '../types';
import { optionOf, radioOf } from './options';
import { Labelled, LimitField, NameField, NamesField, type PartProps } from './parts';

/** Metrics over time, as a table, for alert rules, or how values are distributed. */
export function MetricsEditor(props: PartProps) {
  const { query, model, change } = props;
  const distribution = query.field !== undefined || query.format === 'histogram';
  const formats = radioOf(['timeseries', 'table', 'numeric', 'heatmap', 'histogram'], {
    timeseries: t('editor.format.timeseries', 'Time series'),
    table: t('editor.format.table', 'Table'),
    numeric: t('editor.format.numeric', 'Numbers (alerting)'),
    heatmap: t('editor.format.heatmap', 'Heatmap'),
    histogram: t('editor.format.histogram', 'Histogram'),
  });
  return (
    <Stack direction="column" gap={1}>
      <Labelled label={t('editor.format.label', 'Format')}>
        {(id) => (
          <RadioButtonGroup
            id={id}
            size="sm"
            options={formats}
            value={query.format ?? 'table'}
            onChange={(format) => change(withFormat(query, format))}
          />
        )}
      </Labelled>
      <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
        {distribution ? (
          <NameField
            label={t('editor.distribution.label', 'Distribution of')}
            options={model.distributions.map(({ field }) => optionOf({ name: field }))}
            value={query.field ?? 'latency'}
            onChange={(field) => change({ field: field as WatchtowerQuery['field'] })}
          />
        ) : (
          <NamesField
            label={t('editor.metrics.label', 'Metrics')}
            options={model.metrics.map(optionOf)}
            value={query.metrics}
            error={
              missingPart(query) === 'metrics' ? t('editor.metrics.missing', 'Choose at least one metric') : undefined
            }
            onChange={(metrics) => change({ metrics: metrics as WatchtowerQuery['metrics'] })}
          />
        )}
        <NamesField
          label={t('editor.group-by.label', 'Group by')}
          options={model.dimensions.filter(({ groupBy }) => groupBy).map(optionOf)}
          value={query.groupBy}
          onChange={(groupBy) => change({ groupBy: groupBy as WatchtowerQuery['groupBy'] })}
        />
        <LimitField {...props} />
        {!distribution && (query.groupBy ?? []).length > 0 && (
          <>
            <NameField
              label={t('editor.order-by.label', 'Order by')}
              options={[...model.metrics.map(optionOf), ...(query.groupBy ?? []).map((name) => optionOf({ name }))]}
              value={query.orderBy}
              onChange={(orderBy) => change({ orderBy: orderBy as WatchtowerQuery['orderBy'] })}
            />
            <Labelled label={t('editor.order.label', 'Order')}>
              {(id) => (
                <RadioButtonGroup
                  id={id}
                  options={radioOf(['desc', 'asc'], {
                    desc: t('editor.order.desc', 'Highest first'),
                    asc: t('editor.order.asc', 'Lowest first'),
                  })}
                  value={query.order ?? 'desc'}
                  onChange={(order) => change({ order: order as 'asc' | 'desc' })}
                />
              )}
            </Labelled>
            <Labelled label={t('editor.other.label', 'The rest as "other"')}>
              {(id) => (
                <InlineSwitch
                  id={id}
                  value={query.other ?? false}
                  onChange={(event) => change({ other: event.currentTarget.checked })}
                />
              )}
            </Labelled>
          </>
        )}
      </Stack>
    </Stack>
  );
}

/** Changing to or from a distribution leaves out what the other does not know. */
function withFormat(query: WatchtowerQuery, format: string): Partial<WatchtowerQuery> {
  const next = format as WatchtowerQuery['format'];
  if (format === 'histogram') {
    return { format: next, field: query.field ?? 'latency' };
  }
  return format === 'heatmap' ? { format: next } : ({ format: next, field: undefined } as Partial<WatchtowerQuery>);
}
