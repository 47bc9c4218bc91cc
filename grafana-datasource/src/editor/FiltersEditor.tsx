import type { TimeRange } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Button, Stack } from '@grafana/ui';
import React, { useState } from 'react';
import type { WatchtowerDatasource } from '../datasource';
import type { Filter, Model } from '../types';
import { FilterRow } from './FilterRow';

interface FiltersProps {
  datasource: WatchtowerDatasource;
  model: Model;
  filters: readonly Filter[] | undefined;
  onChange: (filters: Filter[]) => void;
  range?: TimeRange | undefined;
}

/**
 * The conditions of a query. One that has no value yet stands in the editor alone: the query, which a panel or an
 * alert rule asks at any moment, holds finished ones only.
 */
export function FiltersEditor({ datasource, model, filters = [], onChange, range }: FiltersProps) {
  const [edited, setEdited] = useState<readonly Filter[]>(filters);
  // What was changed from outside, such as by a preset, takes the place of what was edited.
  const rows = same(finished(edited), filters) ? edited : filters;
  const set = (next: readonly Filter[]) => {
    setEdited(next);
    const asked = finished(next);
    if (!same(asked, filters)) {
      onChange(asked);
    }
  };
  return (
    <Stack direction="column" gap={0.5} role="group" aria-label={t('editor.filters.label', 'Filters')}>
      {rows.map((filter, index) => (
        <FilterRow
          key={index}
          datasource={datasource}
          model={model}
          filter={filter}
          others={finished(rows.filter((_, i) => i !== index))}
          range={range}
          onChange={(changed) => set(rows.map((old, i) => (i === index ? changed : old)))}
          onRemove={() => set(rows.filter((_, i) => i !== index))}
        />
      ))}
      <div>
        <Button
          size="sm"
          variant="secondary"
          icon="plus"
          onClick={() => set([...rows, { dimension: 'provider', operator: '=', values: [] }])}
        >
          {t('editor.filters.add', 'Add filter')}
        </Button>
      </div>
    </Stack>
  );
}

function finished(filters: readonly Filter[]): Filter[] {
  return filters.filter(({ values }) => values.length > 0);
}

function same(some: readonly Filter[], others: readonly Filter[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
