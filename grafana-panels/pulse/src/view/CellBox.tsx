import React, { memo } from 'react';
import { SPARK } from '../layout/spark';
import type { Detail } from '../options';
import type { DrawnCell } from './drawn';
import type { BoardStyles } from './styles';

interface Props extends DrawnCell {
  x: number;
  y: number;
  width: number;
  height: number;
  detail: Detail;
  /** Why it has no state, for people who hear it; what is seen is heard anyway. */
  meaning: string;
  reachable: boolean;
  styles: BoardStyles;
}

/** One cell of the board. */
export const CellBox = memo(function CellBox(props: Props) {
  const { id, name, value, color, look, detail, spark, x, y, width, height, meaning, reachable, styles } = props;
  const facts = [props.throughput, props.deferral, props.latency].filter((fact) => fact !== '');
  // It begins with what is seen, so that people who speak to the page can name it.
  const label = [[name, value, ...facts].join(' '), meaning].filter((part) => part !== '').join(', ');
  return (
    <div
      role="button"
      tabIndex={reachable ? 0 : -1}
      data-id={id}
      data-look={look}
      aria-label={label}
      className={`${styles.cell} ${styles[detail]} ${styles[look]}`}
      style={{ left: x, top: y, width, height, ...(color !== undefined && { ['--state' as string]: color }) }}
    >
      {spark !== '' && detail !== 'small' && (
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
});
