import type { PanelProps } from '@grafana/data';
import { t } from '../../../shared/texts';
import { ConfirmModal, useStyles2 } from '@grafana/ui';
import React, { useMemo, useState } from 'react';
import { NoRows } from '../../../shared/states/NoRows';
import { PanelState } from '../../../shared/states/PanelState';
import { clientOf } from '../api/client';
import { rightsOf } from '../api/rights';
import { useFiles } from '../api/useFiles';
import { useUploads } from '../api/useUploads';
import { readFiles } from '../files/read';
import type { FileFields, LogFile } from '../files/types';
import type { FilesOptions } from '../options';
import { DropPlace } from './DropPlace';
import { FileTable } from './FileTable';
import { sourceOf } from '../../../shared/source';
import { getStyles } from './styles';
import { whatGoes } from './texts';
import { tellDone, tellFailed } from '../../../shared/told';
import { UploadList } from './UploadList';

const NO_FILES: readonly LogFile[] = [];
const NO_FIELDS: FileFields = {};

/** The panel: uploads, the list of files, and what can be done to them by whoever looks. */
export function FilesPanel({ data, width, options, timeZone }: PanelProps<FilesOptions>) {
  const styles = useStyles2(getStyles);
  const read = useMemo(() => readFiles(data.series), [data.series]);
  const uid = sourceOf(data);
  const client = useMemo(() => (uid === undefined ? undefined : clientOf(uid)), [uid]);
  const { queue, uploads, arrived } = useUploads(uid);
  const { files, changed, removed } = useFiles('files' in read ? read.files : NO_FILES, arrived, client);
  const [doomed, setDoomed] = useState<LogFile>();

  const rights = rightsOf();
  const fields = 'files' in read ? read.fields : NO_FIELDS;
  const retry = async (file: LogFile) => {
    try {
      const again = await client?.retry(file.id);
      if (again) {
        changed(again);
        tellDone(t('files.retried', '{{name}} is being loaded again', { name: file.name }));
      }
    } catch (error) {
      tellFailed(t('files.not-retried', '{{name}} could not be loaded again', { name: file.name }), error);
    }
  };
  const remove = async (file: LogFile) => {
    setDoomed(undefined);
    try {
      const was = await client?.remove(file.id);
      removed(file.id);
      queue?.forget(file.id);
      tellDone(
        [t('files.deleted', '{{name}} is deleted', { name: file.name }), was?.message].filter(Boolean).join(': ')
      );
    } catch (error) {
      tellFailed(t('files.not-deleted', '{{name}} could not be deleted', { name: file.name }), error);
    }
  };

  const mayChange = options.change && client !== undefined;
  return (
    <DropPlace
      styles={styles}
      onFiles={queue && options.upload && rights.upload ? (chosen) => queue.add(chosen) : undefined}
    >
      {queue && uploads.length > 0 && (
        <UploadList
          uploads={uploads}
          onDrop={(id) => queue.drop(id)}
          onAgain={(id) => queue.again(id)}
          styles={styles}
        />
      )}
      {files.length > 0 ? (
        <FileTable
          files={files}
          fields={fields}
          client={client}
          rights={{ retry: mayChange && rights.retry, remove: mayChange && rights.remove }}
          width={width}
          timeZone={timeZone}
          styles={styles}
          onRetry={(file) => void retry(file)}
          onDelete={setDoomed}
        />
      ) : (
        <NoFiles data={data} missing={'missing' in read && data.series.length > 0 ? read.missing : []} />
      )}
      {'files' in read && read.skipped > 0 && (
        <div className={styles.quiet}>
          {t('files.skipped', '{{count}} rows without an id are not shown', { count: read.skipped })}
        </div>
      )}
      {doomed && (
        <ConfirmModal
          isOpen
          title={t('files.delete-title', 'Delete {{name}}?', { name: doomed.name })}
          body={whatGoes(fields, doomed, timeZone)}
          confirmText={t('files.delete-confirm', 'Delete')}
          onConfirm={() => remove(doomed)}
          onDismiss={() => setDoomed(undefined)}
        />
      )}
    </DropPlace>
  );
}

function NoFiles({ data, missing }: { data: PanelProps['data']; missing: readonly string[] }) {
  return missing.length > 0 ? (
    <PanelState
      icon="exclamation-triangle"
      role="alert"
      message={t('files.missing', 'The data has no field for: {{fields}}', { fields: missing.join(', ') })}
      hint={t('files.missing-hint', 'A query of type Files has them all.')}
    />
  ) : (
    <NoRows
      data={data}
      hint={t('files.empty-hint', 'No log has come in yet, or none in the state that was asked for.')}
    />
  );
}
