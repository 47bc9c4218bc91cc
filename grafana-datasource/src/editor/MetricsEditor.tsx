import { t } from '@grafana/i18n';
import { InlineSwitch, Stack } from '@grafana/ui';
import React from 'react';
import { isDistribution, missingPart, takesOneMetric, withFormat } from '../query/defaults';
import type { WatchtowerQuery } from '../types';
import { choicesOf, optionOf } from './options';
import { ChoiceField, Labelled, LimitField, NameField, NamesField, type PartProps } from './parts';

type Format = 'timeseries' | 'table' | 'numeric' | 'heatmap' | 'histogram';

/** Metrics over time, as a table, for alert rules, or how values are distributed. */
export function MetricsEditor(props: PartProps) {
  const { query, model, change } = props;
  const distribution = isDistribution(query);
  const grouped = (query.groupBy ?? []).length > 0;
  const dimensions = model.dimensions.filter(({ groupBy }) => groupBy).map(optionOf);
  return (
    <Stack direction="column" gap={1}>
      <ChoiceField<Format>
        label={t('editor.format.label', 'Format')}
        options={choicesOf({
          timeseries: t('editor.format.timeseries', 'Time series'),
          table: t('editor.format.table', 'Table'),
          numeric: t('editor.format.numeric', 'Numbers (alerting)'),
          heatmap: t('editor.format.heatmap', 'Heatmap'),
          histogram: t('editor.format.histogram', 'Histogram'),
        })}
        value={(query.format ?? 'table') as Format}
        onChange={(format) => change({ field: undefined, metrics: undefined, ...withFormat(query, format) })}
      />
      <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
        {!distribution && <MetricsField {...props} />}
        {(distribution || query.format === 'heatmap') && <DistributionField {...props} />}
        <NamesField
          label={t('editor.group-by.label', 'Group by')}
          placeholder={t('editor.group-by.placeholder', 'everything together')}
          options={dimensions}
          value={query.groupBy}
          onChange={(groupBy) =>
            change({ groupBy: groupBy as WatchtowerQuery['groupBy'], orderBy: orderOf(query, groupBy) })
          }
        />
        {grouped && <LimitField {...props} />}
        <PreviousField {...props} />
        {!distribution && <EnoughField {...props} />}
        {grouped && !distribution && <OrderFields {...props} />}
      </Stack>
    </Stack>
  );
}

/** The same question about the range before, to compare with. */
function PreviousField({ query, change }: PartProps) {
  return (
    <Labelled label={t('editor.previous.label', 'Range before')}>
      {(id) => (
        <InlineSwitch
          id={id}
          value={query.previous ?? false}
          onChange={(event) => change({ previous: event.currentTarget.checked || undefined })}
        />
      )}
    </Labelled>
  );
}

/** Rates without those of hardly any mail, which jump. */
function EnoughField({ query, change }: PartProps) {
  return (
    <Labelled label={t('editor.enough.label', 'No rates of too little')}>
      {(id) => (
        <InlineSwitch
          id={id}
          value={query.enough ?? false}
          onChange={(event) => change({ enough: event.currentTarget.checked || undefined })}
        />
      )}
    </Labelled>
  );
}

/** What is ordered by as long as it is there: a dimension that is grouped by no more is not. */
function orderOf({ orderBy, groupBy = [] }: WatchtowerQuery, next: readonly string[]): WatchtowerQuery['orderBy'] {
  const left = (groupBy as readonly string[]).filter((name) => !next.includes(name));
  return orderBy !== undefined && left.includes(orderBy) ? undefined : orderBy;
}

function MetricsField({ query, model, change }: PartProps) {
  const several = takesOneMetric(query.format) && (query.metrics ?? []).length > 1;
  const mistake =
    missingPart(query) === 'metrics'
      ? t('editor.metrics.missing', 'Choose at least one metric')
      : several
        ? t('editor.metrics.several', 'This format takes one metric')
        : undefined;
  return (
    <NamesField
      label={t('editor.metrics.label', 'Metrics')}
      options={model.metrics.map(optionOf)}
      value={query.metrics}
      error={mistake}
      onChange={(metrics) => change({ metrics: metrics as WatchtowerQuery['metrics'] })}
    />
  );
}

/** What is counted by value. A heatmap may show a metric by group instead. */
function DistributionField({ query, model, change }: PartProps) {
  const optional = query.format === 'heatmap';
  return (
    <NameField
      label={t('editor.distribution.label', 'Distribution of')}
      placeholder={t('editor.distribution.none', 'none: the metric by group')}
      options={model.distributions.map(({ field }) => optionOf({ name: field }))}
      value={query.field ?? (optional ? undefined : 'latency')}
      onChange={(name) => {
        const { field: _, ...rest } = query;
        const next = name === undefined ? rest : { ...rest, field: name as NonNullable<WatchtowerQuery['field']> };
        change({ field: undefined, metrics: undefined, ...withFormat(next, query.format ?? 'histogram') });
      }}
    />
  );
}

function OrderFields({ query, model, change }: PartProps) {
  const groups = query.groupBy ?? [];
  return (
    <>
      <NameField
        label={t('editor.order-by.label', 'Order by')}
        placeholder={t('editor.order-by.placeholder', 'the first metric')}
        options={[...model.metrics.map(optionOf), ...groups.map((name) => optionOf({ name }))]}
        value={query.orderBy}
        onChange={(orderBy) => change({ orderBy: orderBy as WatchtowerQuery['orderBy'] })}
      />
      <ChoiceField
        label={t('editor.order.label', 'Order')}
        options={choicesOf({
          desc: t('editor.order.desc', 'Highest first'),
          asc: t('editor.order.asc', 'Lowest first'),
        })}
        value={query.order ?? 'desc'}
        onChange={(order) => change({ order })}
      />
      <Labelled label={t('editor.other.label', 'The rest as "other"')}>
        {(id) => (
          <InlineSwitch
            id={id}
            value={query.other ?? false}
            onChange={(event) => change({ other: event.currentTarget.checked || undefined })}
          />
        )}
      </Labelled>
    </>
  );
}
