import { MappingType, formattedValueToString } from '@grafana/data';
import { t } from '../../../shared/texts';
import type { TimeZone } from '@grafana/schema';
import { Button, Icon, IconButton, type IconName } from '@grafana/ui';
import React from 'react';
import type { Rights } from '../api/rights';
import { isBusy, mayDelete, mayRetry, moodOf, type Mood } from '../files/status';
import type { FileFields, LogFile } from '../files/types';
import { Bar } from './Bar';
import type { Column } from './columns';
import type { FilesStyles } from './styles';
import { numberText, readShare, spanText, statusText, timeText } from './texts';

interface Props {
  file: LogFile;
  fields: FileFields;
  columns: readonly Column[];
  rights: Pick<Rights, 'retry' | 'remove'>;
  timeZone: TimeZone;
  styles: FilesStyles;
  /** Whether its errors stand below it; undefined where they cannot be asked for. */
  open: boolean | undefined;
  onOpen: () => void;
  onRetry: () => void;
  onDelete: () => void;
}

const ICONS: Readonly<Record<Mood, IconName>> = {
  good: 'check-circle',
  busy: 'clock-nine',
  warn: 'exclamation-triangle',
  bad: 'times-circle',
  plain: 'copy',
};

/** One file: how it stands, how much of it counts, and what can be done to it. */
export function FileRow({ file, fields, columns, rights, timeZone, styles, open, onOpen, onRetry, onDelete }: Props) {
  const { name, kind, node, status, message, errors } = file;
  const share = readShare(file);
  const cells: Record<Column, React.ReactNode> = {
    rows: numberText(fields, file, 'rows'),
    duplicates: numberText(fields, file, 'duplicates'),
    errors:
      open !== undefined && errors !== null && errors > 0 ? (
        <Button
          size="sm"
          fill="text"
          variant="destructive"
          icon={open ? 'angle-down' : 'angle-right'}
          aria-expanded={open}
          aria-label={t('files.show-errors', 'Errors of {{name}}: {{count}}', { name, count: errors })}
          onClick={onOpen}
        >
          {numberText(fields, file, 'errors')}
        </Button>
      ) : (
        numberText(fields, file, 'errors')
      ),
    size: numberText(fields, file, 'bytes'),
    span: spanText(file, timeZone),
    queued: timeText(file.queuedAt, timeZone),
  };
  return (
    <tr>
      <td>
        <Status status={status} fields={fields} styles={styles} />
        {isBusy(status) && share !== null && (
          <Bar share={share} label={t('files.read', 'Read of {{name}}', { name })} styles={styles} />
        )}
      </td>
      <th scope="row" className={styles.name}>
        <span className={styles.text} title={name}>
          {name}
        </span>
        <span className={`${styles.quiet} ${styles.text}`}>
          <bdi>{kind}</bdi>
          {kind !== '' && node !== '' && ' · '}
          <bdi>{node}</bdi>
        </span>
        {message !== '' && (
          <span className={`${styles.quiet} ${styles.text} ${styles[moodOf(status)]}`} title={message}>
            {message}
          </span>
        )}
      </th>
      {columns.map((column) => (
        <td key={column} className={column === 'span' || column === 'queued' ? styles.nowrap : styles.number}>
          {cells[column]}
        </td>
      ))}
      {(rights.retry || rights.remove) && (
        <td>
          <div className={styles.actions}>
            {rights.retry && mayRetry(status) && (
              <IconButton name="sync" tooltip={t('files.retry', 'Load {{name}} again', { name })} onClick={onRetry} />
            )}
            {rights.remove && mayDelete(status) && (
              <IconButton
                name="trash-alt"
                tooltip={t('files.delete', 'Delete {{name}}', { name })}
                onClick={onDelete}
              />
            )}
          </div>
        </td>
      )}
    </tr>
  );
}

/** A status in words and colour: those of the field's mappings where it has any. */
function Status({ status, fields, styles }: { status: string; fields: FileFields; styles: FilesStyles }) {
  const { config, display } = fields.status ?? {};
  const shown = config?.mappings?.length ? display?.(status) : undefined;
  const text = shown ? formattedValueToString(shown) : status;
  // Values without a mapping have a colour too: that of the field.
  const coloured = config?.mappings?.some(
    ({ type, options }) => type === MappingType.ValueToText && Object.hasOwn(options, status)
  );
  const color = text !== status || coloured ? shown?.color : undefined;
  const mood = moodOf(status);
  return (
    <span className={`${styles.status} ${styles[mood]}`} {...(color !== undefined && { style: { color } })}>
      <Icon name={ICONS[mood]} aria-hidden />
      <bdi>{text === status ? statusText(status) : text}</bdi>
    </span>
  );
}
