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
  /** Everything about it, for people who hear it. */
  label: string;
  reachable: boolean;
  styles: BoardStyles;
}

/** The end of a long name is what tells it from its neighbours, so it is the last to go. */
const TAIL = 6;

/** One cell of the board. */
export const CellBox = memo(function CellBox(props: Props) {
  const { id, name, value, color, look, detail, spark, x, y, width, height, label, reachable, styles } = props;
  const letters = Array.from(name);
  const facts = [props.throughput, props.deferral, props.latency].filter((fact) => fact !== '');
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
        <bdi className={styles.name}>
          <span>{letters.slice(0, -TAIL).join('')}</span>
          {letters.slice(-TAIL).join('')}
        </bdi>
        <span className={styles.value}>{value}</span>
      </span>
      {detail !== 'small' && (
        <span className={styles.facts}>
          {facts.map((fact, i) => (
            <span key={i}>{fact}</span>
          ))}
        </span>
      )}
    </div>
  );
});
