import { t } from '@grafana/i18n';
import { Alert, RadioButtonGroup, Stack } from '@grafana/ui';
import React from 'react';
import { missingPart } from '../query/defaults';
import type { WatchtowerQuery } from '../types';
import { optionOf, radioOf } from './options';
import { Labelled, LimitField, NameField, NamesField, TextField, type PartProps } from './parts';

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
      <Labelled label={t('editor.value.label', 'Value')}>
        {(id) => (
          <RadioButtonGroup
            id={id}
            options={radioOf(['messages', 'attempts'], {
              messages: t('editor.value.messages', 'Messages'),
              attempts: t('editor.value.attempts', 'Attempts'),
            })}
            value={query.value ?? 'messages'}
            onChange={(value) => change({ value: value as 'messages' | 'attempts' })}
          />
        )}
      </Labelled>
      <LimitField {...props} />
    </Stack>
  );
}

/** Single events, as a table or as log lines. */
export function EventsEditor(props: PartProps) {
  const { query, model, change } = props;
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
      <Labelled label={t('editor.format.label', 'Format')}>
        {(id) => (
          <RadioButtonGroup
            id={id}
            options={radioOf(['table', 'logs', 'timeseries'], {
              table: t('editor.format.table', 'Table'),
              logs: t('editor.format.logs', 'Logs'),
              timeseries: t('editor.format.volume', 'Volume'),
            })}
            value={query.format ?? 'table'}
            onChange={(format) => change({ format: format as WatchtowerQuery['format'] })}
          />
        )}
      </Labelled>
      <TextField
        label={t('editor.search.label', 'Reply contains')}
        placeholder={t('editor.search.placeholder', 'such as 4.7.28')}
        value={query.search}
        onChange={(search) => change({ search } as Partial<WatchtowerQuery>)}
      />
      <NamesField
        label={t('editor.columns.label', 'Columns')}
        description={t('editor.columns.description', 'Empty: the usual ones')}
        options={model.eventColumns.map(optionOf)}
        value={query.columns}
        custom
        onChange={(columns) => change({ columns })}
      />
      <Labelled label={t('editor.order.label', 'Order')}>
        {(id) => (
          <RadioButtonGroup
            id={id}
            options={radioOf(['desc', 'asc'], {
              desc: t('editor.order.newest', 'Newest first'),
              asc: t('editor.order.oldest', 'Oldest first'),
            })}
            value={query.order ?? 'desc'}
            onChange={(order) => change({ order: order as 'asc' | 'desc' })}
          />
        )}
      </Labelled>
      <LimitField {...props} />
    </Stack>
  );
}

/** A message's whole life. */
export function TraceEditor({ query, change }: PartProps) {
  const missing = missingPart(query) === 'message';
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
        <TextField
          label={t('editor.trace.message-id', 'Message-Id')}
          value={query.messageId}
          onChange={(messageId) => change({ messageId } as Partial<WatchtowerQuery>)}
        />
        <TextField
          label={t('editor.trace.job', 'Job')}
          value={query.job}
          onChange={(job) => change({ job } as Partial<WatchtowerQuery>)}
        />
        <TextField
          label={t('editor.trace.recipient', 'Recipient')}
          value={query.recipient}
          onChange={(recipient) => change({ recipient } as Partial<WatchtowerQuery>)}
        />
        <TextField
          label={t('editor.trace.event', 'Event id')}
          value={query.event}
          onChange={(event) => change({ event } as Partial<WatchtowerQuery>)}
        />
      </Stack>
      {missing && (
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
        onChange={(dimension) => change({ dimension } as Partial<WatchtowerQuery>)}
      />
      <TextField
        label={t('editor.dimension.search', 'Value contains')}
        value={query.search}
        onChange={(search) => change({ search } as Partial<WatchtowerQuery>)}
      />
      <LimitField {...props} />
    </Stack>
  );
}

/** Figures of the service itself. */
export function ServiceEditor({ query, model, change }: PartProps) {
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
      <NamesField
        label={t('editor.service.label', 'Figures')}
        options={model.serviceFigures.map(optionOf)}
        value={query.metrics}
        error={missingPart(query) === 'metrics' ? t('editor.service.missing', 'Choose at least one figure') : undefined}
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
        placeholder={t('editor.file.placeholder', 'the newest with errors')}
        value={query.file}
        onChange={(file) => change({ file } as Partial<WatchtowerQuery>)}
      />
      <LimitField {...props} />
    </Stack>
  );
}
