import { t } from '../../../shared/texts';
import type { TimeZone } from '@grafana/schema';
import React, { useState } from 'react';
import type { FilesClient } from '../api/client';
import type { Rights } from '../api/rights';
import type { FileFields, LogFile } from '../files/types';
import { columnsFor, type Column } from './columns';
import { ErrorList } from './ErrorList';
import { FileRow } from './FileRow';
import type { FilesStyles } from './styles';

interface Props {
  files: readonly LogFile[];
  fields: FileFields;
  client: FilesClient | undefined;
  rights: Pick<Rights, 'retry' | 'remove'>;
  width: number;
  timeZone: TimeZone;
  styles: FilesStyles;
  onRetry: (file: LogFile) => void;
  onDelete: (file: LogFile) => void;
}

/** The files, each with its errors below it where they are asked for. */
export function FileTable({ files, fields, client, rights, width, timeZone, styles, onRetry, onDelete }: Props) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) =>
    setOpened((before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id]));
  const columns = columnsFor(width);
  const heads: Record<Column, string> = {
    rows: t('files.rows', 'Rows'),
    duplicates: t('files.duplicates', 'Duplicates'),
    errors: t('files.errors', 'Errors'),
    size: t('files.size', 'Size'),
    span: t('files.span', 'Events'),
    queued: t('files.received', 'Received'),
  };
  const acts = rights.retry || rights.remove;
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('files.list', 'Log files')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('files.status-head', 'Status')}</th>
            <th scope="col">{t('files.file', 'File')}</th>
            {columns.map((column) => (
              <th key={column} scope="col" className={column === 'span' || column === 'queued' ? '' : styles.number}>
                {heads[column]}
              </th>
            ))}
            {acts && <td />}
          </tr>
        </thead>
        <tbody>
          {files.map((file) => {
            const open = client ? opened.has(file.id) : undefined;
            return (
              <React.Fragment key={file.id}>
                <FileRow
                  file={file}
                  fields={fields}
                  columns={columns}
                  rights={rights}
                  timeZone={timeZone}
                  styles={styles}
                  open={open}
                  onOpen={() => toggle(file.id)}
                  onRetry={() => onRetry(file)}
                  onDelete={() => onDelete(file)}
                />
                {client && open && (
                  <tr>
                    <td colSpan={columns.length + (acts ? 3 : 2)}>
                      <ErrorList file={file} client={client} styles={styles} />
                    </td>
                  </tr>
                )}
              </React.Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
