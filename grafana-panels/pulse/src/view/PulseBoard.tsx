import type { TimeZone } from '@grafana/schema';
import { usePanelContext, useStyles2 } from '@grafana/ui';
import React, { useMemo, useRef, useState } from 'react';
import { ActionMenu } from '../../../shared/actions/ActionMenu';
import type { Choice } from '../../../shared/actions/choices';
import { filterAction } from '../../../shared/actions/filtering';
import { idAt, middleOf, type Point } from '../../../shared/pointing';
import { FactTooltip } from '../../../shared/tooltip/FactTooltip';
import { t } from '../../../shared/texts';
import type { Board } from '../board/board';
import { layoutOf, placeOf } from '../layout/layout';
import { neighbour, type Arrow } from '../layout/neighbours';
import type { PulseOptions } from '../options';
import { CellBox } from './CellBox';
import { choicesOf } from './choices';
import { factsOf, standingMeaning, standingText } from './describe';
import { drawnOf } from './drawn';
import { Legend } from './Legend';
import { getStyles } from './styles';

interface Props {
  board: Board;
  skipped: number;
  options: PulseOptions;
  width: number;
  height: number;
  timeZone: TimeZone;
}

/** Height of the line under the board, with the gap above it. */
const LEGEND = 26;

const ARROWS: readonly string[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] satisfies Arrow[];

/** The cells, with what can be done to them by mouse and keys. */
export function PulseBoard({ board, skipped, options, width, height, timeZone }: Props) {
  const styles = useStyles2(getStyles);
  const context = usePanelContext();
  const place = useRef<HTMLDivElement>(null);
  const [looked, setLooked] = useState<{ id: string; at: Point }>();
  const [focused, setFocused] = useState<string>();
  const [menu, setMenu] = useState<{ at: Point; choices: readonly Choice[] }>();

  const { groups, clock } = board;
  const headed = groups.some(({ name }) => name !== '');
  const room = options.showLegend ? height - LEGEND : height;
  const counts = groups.map(({ cells }) => cells.length).join();
  const layout = useMemo(
    () => layoutOf(counts.split(',').map(Number), { width, height: room }, options.size, headed),
    [counts, width, room, options.size, headed]
  );
  const cells = useMemo(() => groups.flatMap((group) => group.cells), [groups]);
  const drawn = useMemo(
    () =>
      new Map(
        cells.map((cell) => {
          const meaning = standingMeaning(cell, options.minVolume, timeZone);
          return [cell.entity.id, { cell, seen: drawnOf(cell, clock), meaning }];
        })
      ),
    [cells, clock, options.minVolume, timeZone]
  );
  const placed = useMemo(
    () =>
      groups.flatMap((group, g) =>
        group.cells.map((cell, i) => {
          const block = layout.blocks[g];
          return { id: cell.entity.id, ...(block ? placeOf(block, i, layout) : { x: 0, y: 0 }) };
        })
      ),
    [groups, layout]
  );

  const act = (id: string, at: Point) => {
    const entity = drawn.get(id)?.cell.entity;
    const choices = entity ? choicesOf(entity, filterAction(options.click, context)) : [];
    if (choices.length === 1) {
      choices[0]?.run();
    } else if (choices.length > 1) {
      setLooked(undefined);
      setMenu({ at, choices });
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const id = idAt(event.target);
    if (ARROWS.includes(event.key)) {
      event.preventDefault();
      const next = neighbour(placed, id, event.key as Arrow);
      place.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next ?? '')}"]`)?.focus();
    } else if (id !== undefined && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      act(id, middleOf(event.target as Element));
    } else if (event.key === 'Escape') {
      setLooked(undefined);
    }
  };
  const look = (target: EventTarget, at: Point) => {
    const id = idAt(target);
    setLooked(id === undefined ? undefined : { id, at });
  };

  const reachable = focused !== undefined && drawn.has(focused) ? focused : placed[0]?.id;
  const told = looked && drawn.get(looked.id)?.cell;
  const dark = cells.filter(({ standing }) => standing === 'dark');
  return (
    <div className={styles.place}>
      <div className={styles.scroll}>
        <div
          ref={place}
          className={styles.board}
          style={{ height: layout.height }}
          role="group"
          aria-label={t('pulse.board', 'Board of {{count}} cells; arrows lead from one to the next', {
            count: cells.length,
          })}
          onMouseMove={(event) => look(event.target, { x: event.clientX, y: event.clientY })}
          onMouseLeave={() => setLooked(undefined)}
          onClick={(event) => {
            const id = idAt(event.target);
            if (id !== undefined) {
              act(id, { x: event.clientX, y: event.clientY });
            }
          }}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            setFocused(idAt(event.target));
            if (event.target.matches(':focus-visible')) {
              look(event.target, middleOf(event.target));
            }
          }}
          onBlur={() => setLooked(undefined)}
        >
          {headed &&
            groups.map(({ name, cells: own }, g) => {
              const { x = 0, y = 0, columns = 1 } = layout.blocks[g] ?? {};
              const style = {
                left: x,
                top: y,
                width: columns * (layout.cellWidth + 3),
                transform: 'translateY(-100%)',
              };
              return (
                <div key={name} className={styles.group} style={style} title={name}>
                  <bdi>{name === '' ? t('pulse.no-group', 'No group') : name}</bdi> · {own.length}
                </div>
              );
            })}
          {placed.map(({ id, x, y }) => {
            const one = drawn.get(id);
            return (
              one && (
                <CellBox
                  key={id}
                  {...one.seen}
                  meaning={one.meaning}
                  x={x}
                  y={y}
                  width={layout.cellWidth}
                  height={layout.cellHeight}
                  detail={layout.detail}
                  reachable={id === reachable}
                  styles={styles}
                />
              )
            );
          })}
        </div>
      </div>
      {options.showLegend && <Legend cells={cells} skipped={skipped} styles={styles} />}
      <div role="status" className={styles.unseen}>
        {dark.length > 0 && `${standingText('dark')}: ${dark.map(({ entity }) => entity.name).join(', ')}`}
      </div>
      {looked && told && !menu && (
        <FactTooltip at={looked.at} title={told.entity.name} facts={factsOf(told, options.minVolume, timeZone)} />
      )}
      {menu && <ActionMenu at={menu.at} choices={menu.choices} onClose={() => setMenu(undefined)} />}
    </div>
  );
}
