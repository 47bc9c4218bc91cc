import { t } from '@grafana/i18n';
import { Alert, Stack } from '@grafana/ui';
import React from 'react';
import { missingPart, takesOneMetric } from '../query/defaults';
import type { WatchtowerQuery } from '../types';
import { choicesOf, optionOf } from './options';
import { ChoiceField, LimitField, NameField, NamesField, TextField, type PartProps } from './parts';

/** How mail flows over a path of dimensions. */
export function FlowsEditor(props: PartProps) {
  const { query, model, change } = props;
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
      <NamesField
        label={t('editor.path.label', 'Path')}
        description={t('editor.path.description', 'Two to five levels, in order')}
        options={model.dimensions.filter(({ path }) => path).map(optionOf)}
        value={query.path}
        error={missingPart(query) === 'path' ? t('editor.path.missing', 'Choose at least two levels') : undefined}
        onChange={(path) => change({ path: path as WatchtowerQuery['path'] })}
      />
      <ChoiceField
        label={t('editor.value.label', 'Value')}
        options={choicesOf({
          messages: t('editor.value.messages', 'Messages'),
          attempts: t('editor.value.attempts', 'Attempts'),
        })}
        value={query.value ?? 'messages'}
        onChange={(value) => change({ value })}
      />
      <LimitField {...props} />
    </Stack>
  );
}

/** Single events, as a table or as log lines, or how many there were. */
export function EventsEditor(props: PartProps) {
  const { query, model, change } = props;
  const format = (query.format ?? 'table') as 'table' | 'logs' | 'timeseries';
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
      <ChoiceField
        label={t('editor.format.label', 'Format')}
        options={choicesOf({
          table: t('editor.format.table', 'Table'),
          logs: t('editor.format.logs', 'Logs'),
          timeseries: t('editor.format.volume', 'Volume'),
        })}
        value={format}
        onChange={(next) => change({ format: next })}
      />
      <TextField
        label={t('editor.search.label', 'Reply contains')}
        placeholder={t('editor.search.placeholder', 'such as 4.7.28')}
        width={30}
        value={query.search}
        onChange={(search) => change({ search })}
      />
      {format === 'table' && (
        <NamesField
          label={t('editor.columns.label', 'Columns')}
          placeholder={t('editor.columns.placeholder', 'the usual ones')}
          options={model.eventColumns.map(optionOf)}
          value={query.columns}
          onChange={(columns) => change({ columns: columns.length > 0 ? columns : undefined })}
        />
      )}
      {format !== 'timeseries' && (
        <>
          <ChoiceField
            label={t('editor.order.label', 'Order')}
            options={choicesOf({
              desc: t('editor.order.newest', 'Newest first'),
              asc: t('editor.order.oldest', 'Oldest first'),
            })}
            value={query.order ?? 'desc'}
            onChange={(order) => change({ order })}
          />
          <LimitField {...props} />
        </>
      )}
    </Stack>
  );
}

/** A message's whole life. */
export function TraceEditor({ query, change }: PartProps) {
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
        <TextField
          label={t('editor.trace.message-id', 'Message-Id')}
          value={query.messageId}
          onChange={(messageId) => change({ messageId })}
        />
        <TextField
          label={t('editor.trace.job', 'Job')}
          width={24}
          value={query.job}
          onChange={(job) => change({ job })}
        />
        <TextField
          label={t('editor.trace.recipient', 'Recipient')}
          width={30}
          value={query.recipient}
          onChange={(recipient) => change({ recipient })}
        />
        <TextField
          label={t('editor.trace.event', 'Event id')}
          width={20}
          placeholder={t('editor.trace.event-placeholder', 'such as 12-345')}
          value={query.event}
          onChange={(event) => change({ event })}
        />
      </Stack>
      {missingPart(query) === 'message' && (
        <Alert
          severity="info"
          title={t('editor.trace.missing', 'Give a Message-Id, a job with its recipient, or the id of an event')}
        />
      )}
    </Stack>
  );
}

/** The values of a dimension. */
export function ValuesEditor(props: PartProps) {
  const { query, model, change } = props;
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
      <NameField
        label={t('editor.dimension.label', 'Dimension')}
        options={model.dimensions.filter(({ groupBy }) => groupBy).map(optionOf)}
        value={query.dimension}
        error={missingPart(query) === 'dimension' ? t('editor.dimension.missing', 'Choose a dimension') : undefined}
        onChange={(dimension) => change({ dimension: dimension as WatchtowerQuery['dimension'] })}
      />
      <TextField
        label={t('editor.dimension.search', 'Value contains')}
        width={30}
        value={query.search}
        onChange={(search) => change({ search })}
      />
      <LimitField {...props} />
    </Stack>
  );
}

/** Who or what is how risky. */
export function RiskEditor(props: PartProps) {
  const { query, model, change } = props;
  const names: readonly string[] = model.riskDimensions;
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
      <NameField
        label={t('editor.risk.label', 'Risk of')}
        options={model.dimensions.filter(({ name }) => names.includes(name)).map(optionOf)}
        value={query.dimension ?? 'sender'}
        onChange={(dimension) => change({ dimension: dimension as WatchtowerQuery['dimension'] })}
      />
      <LimitField {...props} />
    </Stack>
  );
}

/** Why mail fared worse. */
export function CausesEditor(props: PartProps) {
  const { query, change } = props;
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
      <TextField
        label={t('editor.causes.label', 'Incident')}
        placeholder={t('editor.causes.placeholder', 'none: the range and the filters')}
        width={30}
        value={query.incident}
        onChange={(incident) => change({ incident })}
      />
      <LimitField {...props} />
    </Stack>
  );
}

/** Figures of the service itself. */
export function ServiceEditor({ query, model, change }: PartProps) {
  const format = query.format === 'timeseries' ? 'timeseries' : 'numeric';
  const figures = query.metrics ?? [];
  const mistake =
    missingPart(query) === 'metrics'
      ? t('editor.service.missing', 'Choose at least one figure')
      : takesOneMetric(format) && figures.length > 1
        ? t('editor.service.several', 'This format takes one figure')
        : undefined;
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
      <ChoiceField
        label={t('editor.format.label', 'Format')}
        options={choicesOf({
          numeric: t('editor.format.numeric', 'Numbers (alerting)'),
          timeseries: t('editor.format.timeseries', 'Time series'),
        })}
        value={format}
        onChange={(next) => change({ format: next })}
      />
      <NamesField
        label={t('editor.service.label', 'Figures')}
        options={model.serviceFigures.map(optionOf)}
        value={query.metrics}
        error={mistake}
        onChange={(metrics) => change({ metrics: metrics as WatchtowerQuery['metrics'] })}
      />
    </Stack>
  );
}

/** The rows of a file that could not be loaded. */
export function IngestErrorsEditor(props: PartProps) {
  const { query, change } = props;
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
      <TextField
        label={t('editor.file.label', 'File id')}
        placeholder={t('editor.file.placeholder', 'every file')}
        value={query.file}
        onChange={(file) => change({ file })}
      />
      <LimitField {...props} />
    </Stack>
  );
}
