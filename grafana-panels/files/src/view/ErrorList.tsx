import { t } from '../../../shared/texts';
import { Button, Spinner } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import type { FilesClient } from '../api/client';
import type { FileError, LogFile } from '../files/types';
import type { FilesStyles } from './styles';

interface Props {
  file: LogFile;
  client: Pick<FilesClient, 'errors'>;
  styles: FilesStyles;
}

/** The rows of a file that could not be loaded: the line, why, and the text as it stands in the file. */
export function ErrorList({ file, client, styles }: Props) {
  const [errors, setErrors] = useState<readonly FileError[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<'loading' | 'done' | { failed: string }>('loading');
  const { id, errors: count } = file;

  const failed = (error: unknown) => setState({ failed: error instanceof Error ? error.message : String(error) });
  // More of them may be known while the file is loading.
  useEffect(() => {
    let left = false;
    client.errors(id).then(
      (page) => {
        if (!left) {
          setErrors(page.errors);
          setNext(page.next);
          setState('done');
        }
      },
      (error: unknown) => !left && failed(error)
    );
    return () => {
      left = true;
    };
  }, [client, id, count]);

  const more = async (cursor: string) => {
    setState('loading');
    try {
      const page = await client.errors(id, cursor);
      setErrors((before) => [...before, ...page.errors]);
      setNext(page.next);
      setState('done');
    } catch (error) {
      failed(error);
    }
  };

  return (
    <div className={styles.errors}>
      {errors.length > 0 && (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('files.line', 'Line')}</th>
              <th scope="col">{t('files.reason', 'Why it was not loaded')}</th>
              <th scope="col">{t('files.raw', 'Text')}</th>
            </tr>
          </thead>
          <tbody>
            {errors.map(({ line, reason, raw }, i) => (
              <tr key={i}>
                <td className={styles.number}>{line}</td>
                <td>{reason}</td>
                <td>
                  <pre>{raw}</pre>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {state === 'loading' && <Spinner />}
      {state === 'done' && errors.length === 0 && <p>{t('files.no-errors', 'No row of it is kept as an error')}</p>}
      {typeof state === 'object' && (
        <p role="alert">{t('files.errors-failed', 'The errors could not be read: {{why}}', { why: state.failed })}</p>
      )}
      {state === 'done' && next !== null && (
        <Button size="sm" variant="secondary" onClick={() => void more(next)}>
          {t('files.more-errors', 'Show more: {{shown}} of {{count}}', { shown: errors.length, count: count ?? 0 })}
        </Button>
      )}
    </div>
  );
}
