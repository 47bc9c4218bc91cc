import { t } from '../../../shared/texts';
import { Button } from '@grafana/ui';
import React, { useRef, useState, type DragEvent, type PropsWithChildren } from 'react';
import type { FilesStyles } from './styles';

interface Props {
  /** Undefined where nothing may be uploaded. */
  onFiles: ((files: readonly File[]) => void) | undefined;
  styles: FilesStyles;
}

/** What a file can be; the service tells them apart by content, so anything can be dropped. */
const KINDS = '.csv,.gz,.zip,.log,.txt';

/** A place to drop files on, with a button for those who choose them; what stands in it can be dropped on too. */
export function DropPlace({ onFiles, styles, children }: PropsWithChildren<Props>) {
  const picker = useRef<HTMLInputElement>(null);
  // Entering a child comes before leaving its parent.
  const [depth, setDepth] = useState(0);
  if (!onFiles) {
    return <div className={styles.place}>{children}</div>;
  }
  const holdsFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files');
  return (
    <div
      className={styles.place}
      onDragEnter={(event) => holdsFiles(event) && setDepth((before) => before + 1)}
      onDragLeave={(event) => holdsFiles(event) && setDepth((before) => Math.max(0, before - 1))}
      onDragOver={(event) => holdsFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        if (holdsFiles(event)) {
          event.preventDefault();
          setDepth(0);
          onFiles([...event.dataTransfer.files]);
        }
      }}
    >
      <div className={styles.drop}>
        <Button size="sm" variant="secondary" icon="upload" onClick={() => picker.current?.click()}>
          {t('files.choose', 'Choose files')}
        </Button>
        <span>{t('files.drop-hint', 'or drop logs here: .csv, .csv.gz or .zip, as many as you like')}</span>
        <input
          ref={picker}
          type="file"
          multiple
          accept={KINDS}
          className={styles.picker}
          aria-label={t('files.choose', 'Choose files')}
          onChange={({ currentTarget }) => {
            onFiles([...(currentTarget.files ?? [])]);
            // The same file can be chosen again.
            currentTarget.value = '';
          }}
        />
      </div>
      {children}
      {depth > 0 && <div className={styles.over}>{t('files.drop', 'Drop to upload')}</div>}
    </div>
  );
}
