import { t } from '@grafana/i18n';
import { Button, Combobox, IconButton, InlineField, MultiCombobox, Stack, type ComboboxOption } from '@grafana/ui';
import React, { useMemo } from 'react';
import type { WatchtowerDatasource } from '../datasource';
import type { Filter, Model } from '../types';
import { optionOf, withSaved } from './options';
import type { TimeRange } from '@grafana/data';

interface FiltersProps {
  datasource: WatchtowerDatasource;
  model: Model;
  filters: readonly Filter[] | undefined;
  onChange: (filters: Filter[]) => void;
  range?: TimeRange | undefined;
}

/** Operators whose value is one text. */
const SINGLE: ReadonlyArray<Filter['operator']> = ['<', '<=', '>', '>='];

/** The conditions of a query; values are suggested from the store, narrowed by the other conditions. */
export function FiltersEditor({ datasource, model, filters = [], onChange, range }: FiltersProps) {
  const replace = (index: number, filter: Filter) => onChange(filters.map((old, i) => (i === index ? filter : old)));
  return (
    <Stack direction="column" gap={0.5}>
      {filters.map((filter, index) => (
        <FilterRow
          key={index}
          datasource={datasource}
          model={model}
          filter={filter}
          others={filters.filter((_, i) => i !== index)}
          range={range}
          onChange={(changed) => replace(index, changed)}
          onRemove={() => onChange(filters.filter((_, i) => i !== index))}
        />
      ))}
      <div>
        <Button
          size="sm"
          variant="secondary"
          icon="plus"
          onClick={() => onChange([...filters, { dimension: 'provider', operator: '=', values: [] }])}
        >
          {t('editor.filters.add', 'Add filter')}
        </Button>
      </div>
    </Stack>
  );
}

interface RowProps {
  datasource: WatchtowerDatasource;
  model: Model;
  filter: Filter;
  others: readonly Filter[];
  range: TimeRange | undefined;
  onChange: (filter: Filter) => void;
  onRemove: () => void;
}

function FilterRow({ datasource, model, filter, others, range, onChange, onRemove }: RowProps) {
  const { dimension, operator, values } = filter;
  const dimensions = useMemo(() => model.dimensions.map(optionOf), [model]);
  const listed = model.dimensions.some(({ name, groupBy }) => name === dimension && groupBy);
  const suggest = async (search: string): Promise<Array<ComboboxOption<string>>> => {
    const known = values.map((name) => optionOf({ name }));
    if (!listed) {
      return known;
    }
    const complete = others.filter((other) => other.values.length > 0);
    const found = await datasource
      .valuesOf({ dimension, search, filters: complete, limit: 100 }, range)
      .catch(() => []);
    return withSaved(
      found.map((name) => optionOf({ name })),
      values
    );
  };
  return (
    <Stack direction="row" gap={0.5} wrap="wrap" alignItems="flex-start">
      <InlineField label={t('editor.filters.dimension', 'Filter')}>
        <Combobox
          aria-label={t('editor.filters.dimension-label', 'Dimension')}
          width="auto"
          minWidth={18}
          options={withSaved(dimensions, [dimension])}
          value={dimension}
          createCustomValue
          onChange={({ value }) => onChange({ ...filter, dimension: value, values: [] })}
        />
      </InlineField>
      <Combobox
        aria-label={t('editor.filters.operator-label', 'Operator')}
        width="auto"
        minWidth={10}
        options={model.operators.map(optionOf)}
        value={operator}
        onChange={({ value }) => {
          const next = value as Filter['operator'];
          onChange({ ...filter, operator: next, values: SINGLE.includes(next) ? values.slice(0, 1) : values });
        }}
      />
      <MultiCombobox
        key={`${dimension} ${JSON.stringify(others)}`}
        aria-label={t('editor.filters.values-label', 'Values of {{dimension}}', { dimension })}
        width="auto"
        minWidth={24}
        maxWidth={80}
        options={suggest}
        value={values.map((name) => optionOf({ name }))}
        createCustomValue
        placeholder={t('editor.filters.values-placeholder', 'Choose or type')}
        onChange={(chosen) => {
          const names = chosen.map((option) => option.value);
          onChange({ ...filter, values: SINGLE.includes(operator) ? names.slice(-1) : names });
        }}
      />
      <IconButton
        name="trash-alt"
        size="lg"
        tooltip={t('editor.filters.remove', 'Remove the filter on {{dimension}}', { dimension })}
        onClick={onRemove}
      />
    </Stack>
  );
}
