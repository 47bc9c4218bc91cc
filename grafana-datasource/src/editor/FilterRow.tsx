import { css } from '@emotion/css';
import type { TimeRange } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Combobox, IconButton, MultiCombobox, Stack, Text, useStyles2, type ComboboxOption } from '@grafana/ui';
import React, { useId, useMemo } from 'react';
import type { WatchtowerDatasource } from '../datasource';
import { variableNames } from '../query/templates';
import type { Filter, Model } from '../types';
import { MOST_WIDTH, optionOf, widthFor, withSaved } from './options';

interface RowProps {
  datasource: WatchtowerDatasource;
  model: Model;
  filter: Filter;
  /** The finished filters beside this one, which narrow what is suggested. */
  others: readonly Filter[];
  range: TimeRange | undefined;
  onChange: (filter: Filter) => void;
  onRemove: () => void;
}

/** Operators whose value is one text. */
const SINGLE: ReadonlyArray<Filter['operator']> = ['<', '<=', '>', '>='];

/** Values that are suggested at once. */
const SUGGESTED = 100;

/** One condition: a dimension, how it is compared, and values that are suggested from the store. */
export function FilterRow({ datasource, model, filter, others, range, onChange, onRemove }: RowProps) {
  const { dimension, operator, values } = filter;
  const styles = useStyles2(getStyles);
  const id = useId();
  const dimensions = useMemo(() => model.dimensions.map(optionOf), [model]);
  const listed = model.dimensions.some(({ name, groupBy }) => name === dimension && groupBy);
  // The label is plain text, so nothing in the name of a header is to be escaped.
  const named = { dimension, interpolation: { escapeValue: false } };

  const suggest = async (search: string): Promise<Array<ComboboxOption<string>>> => {
    const variables = variableNames().filter((name) => name.includes(search));
    const question = { dimension, search, filters: [...others], limit: SUGGESTED };
    const found = listed && !search.startsWith('$') ? await datasource.valuesOf(question, range).catch(() => []) : [];
    return withSaved(
      [...found, ...variables].map((name) => optionOf({ name })),
      values
    );
  };

  return (
    <Stack direction="row" gap={0.5} wrap="wrap" alignItems="center">
      <label htmlFor={`${id}-dimension`} className={styles.hidden}>
        {t('editor.filters.dimension', 'Dimension')}
      </label>
      <Combobox
        id={`${id}-dimension`}
        width="auto"
        minWidth={18}
        options={withSaved(dimensions, [dimension])}
        value={dimension}
        createCustomValue
        onChange={({ value }) => value !== dimension && onChange({ ...filter, dimension: value, values: [] })}
      />
      <label htmlFor={`${id}-operator`} className={styles.hidden}>
        {t('editor.filters.operator', 'Operator')}
      </label>
      <Combobox
        id={`${id}-operator`}
        width="auto"
        minWidth={10}
        options={model.operators.map(optionOf)}
        value={operator}
        onChange={({ value }) => {
          const next = value as Filter['operator'];
          onChange({ ...filter, operator: next, values: SINGLE.includes(next) ? values.slice(0, 1) : values });
        }}
      />
      <label htmlFor={`${id}-values`} className={styles.hidden}>
        {t('editor.filters.values', 'Values of {{dimension}}', named)}
      </label>
      <MultiCombobox
        key={dimension}
        id={`${id}-values`}
        width="auto"
        minWidth={widthFor(values)}
        maxWidth={MOST_WIDTH}
        options={suggest}
        value={values.map((name) => optionOf({ name }))}
        createCustomValue
        placeholder={t('editor.filters.placeholder', 'Choose or type')}
        onChange={(chosen) => {
          const names = chosen.map((option) => option.value);
          onChange({ ...filter, values: SINGLE.includes(operator) ? names.slice(-1) : names });
        }}
      />
      <IconButton
        name="trash-alt"
        size="lg"
        tooltip={t('editor.filters.remove', 'Remove the filter on {{dimension}}', named)}
        onClick={onRemove}
      />
      {values.length === 0 && (
        <Text variant="bodySmall" color="secondary">
          {t('editor.filters.unfinished', 'Not asked until it has a value')}
        </Text>
      )}
    </Stack>
  );
}

/** For screen readers alone: the row says by its place what its parts are. */
const getStyles = () => ({
  hidden: css({
    position: 'absolute',
    width: 1,
    height: 1,
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  }),
});
