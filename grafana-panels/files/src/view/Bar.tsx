import React from 'react';
import type { FilesStyles } from './styles';

interface Props {
  /** 0 to 1. */
  share: number;
  label: string;
  styles: FilesStyles;
}

/** How much of something is done. */
export function Bar({ share, label, styles }: Props) {
  const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
  return (
    <div
      className={styles.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}
