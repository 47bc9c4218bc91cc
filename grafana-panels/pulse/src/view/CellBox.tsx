import React, { memo } from 'react';
import { SPARK } from '../layout/spark';
import type { Detail } from '../options';
import { isSame, type DrawnCell } from './drawn';
import type { BoardStyles } from './styles';

interface Props {
  seen: DrawnCell;
  x: number;
  y: number;
  width: number;
  height: number;
  detail: Detail;
  reachable: boolean;
  styles: BoardStyles;
}

/** One cell of the board. */
export const CellBox = memo(function CellBox({ seen, x, y, width, height, detail, reachable, styles }: Props) {
  const { id, name, value, color, look, spark } = seen;
  const facts = [seen.throughput, seen.deferral, seen.latency].filter((fact) => fact !== '');
  return (
    <div
      role="button"
      tabIndex={reachable ? 0 : -1}
      data-id={id}
      data-look={look}
      aria-label={seen.label}
      className={`${styles.cell} ${styles[detail]} ${styles[look]}`}
      style={{ left: x, top: y, width, height, ['--state' as string]: color }}
    >
      {spark !== '' && (
        <svg
          className={styles.spark}
          viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
          preserveAspectRatio="none"
          aria-hidden
        >
          <path d={spark} />
        </svg>
      )}
      <span className={styles.head}>
        <span className={styles.name}>
          <bdi>{name}</bdi>
        </span>{' '}
        <span className={styles.value}>{value}</span>
      </span>
      {detail !== 'small' && (
        <span className={styles.facts}>
          {facts.map((fact, i) => (
            <span key={i}> {fact}</span>
          ))}
        </span>
      )}
    </div>
  );
}, isSameBox);

function isSameBox({ seen: before, ...a }: Props, { seen: after, ...b }: Props): boolean {
  const keys = Object.keys(a) as Array<keyof typeof a>;
  return keys.every((key) => a[key] === b[key]) && isSame(before, after);
}
