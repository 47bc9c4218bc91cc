import { getValueFormat, formattedValueToString } from '@grafana/data';
import { t } from '../../../shared/texts';
import { IconButton } from '@grafana/ui';
import React from 'react';
import type { Upload } from '../api/uploads';
import { Bar } from './Bar';
import type { FilesStyles } from './styles';

interface Props {
  uploads: readonly Upload[];
  onDrop: (id: number) => void;
  onAgain: (id: number) => void;
  styles: FilesStyles;
}

const bytes = getValueFormat('bytes');
const size = (count: number) => formattedValueToString(bytes(count, 1));

/** What is being sent, in bytes, what waits for its turn, and what could not be sent. */
export function UploadList({ uploads, onDrop, onAgain, styles }: Props) {
  return (
    <ul className={styles.uploads} aria-label={t('files.uploads', 'Uploads')}>
      {uploads.map(({ id, name, bytes: all, sent, state, message }) => (
        <li key={id}>
          <bdi className={styles.uploadName} title={name}>
            {name}
          </bdi>
          {state === 'failed' ? (
            <span className={`${styles.grow} ${styles.bad}`} role="alert">
              {message}
            </span>
          ) : (
            <>
              <div className={styles.grow}>
                <Bar
                  share={all > 0 ? sent / all : 0}
                  label={t('files.sent', 'Sent of {{name}}', { name })}
                  styles={styles}
                />
              </div>
              <span className={styles.nowrap}>
                {state === 'waiting'
                  ? t('files.waits', '{{size}}, waits', { size: size(all) })
                  : t('files.sent-of', '{{sent}} of {{size}}', { sent: size(sent), size: size(all) })}
              </span>
            </>
          )}
          {state === 'failed' && (
            <IconButton
              name="sync"
              tooltip={t('files.send-again', 'Send {{name}} again', { name })}
              onClick={() => onAgain(id)}
            />
          )}
          <IconButton
            name="times"
            tooltip={
              state === 'failed'
                ? t('files.dismiss', 'Take {{name}} off the list', { name })
                : t('files.cancel', 'Stop sending {{name}}', { name })
            }
            onClick={() => onDrop(id)}
          />
        </li>
      ))}
    </ul>
  );
}
