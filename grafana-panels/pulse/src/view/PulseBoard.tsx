import type { TimeZone } from '@grafana/schema';
import { usePanelContext, useStyles2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { filterAction } from '../../../shared/actions/filtering';
import { FactTooltip } from '../../../shared/tooltip/FactTooltip';
import { t } from '../../../shared/texts';
import { usePointing } from '../../../shared/usePointing';
import type { Board } from '../board/board';
import { layoutOf, placeOf } from '../layout/layout';
import { neighbour } from '../layout/neighbours';
import type { PulseOptions } from '../options';
import { Cells, type PlacedCell } from './Cells';
import { choicesOf } from './choices';
import { factsOf, standingText } from './describe';
import { drawerOf } from './drawn';
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

/** The cells, with what can be done to them by mouse and keys. */
export function PulseBoard({ board, skipped, options, width, height, timeZone }: Props) {
  const styles = useStyles2(getStyles);
  const context = usePanelContext();

  const { groups, clock } = board;
  const headed = groups.some(({ name }) => name !== '');
  const room = options.showLegend ? height - LEGEND : height;
  const counts = groups.map(({ cells }) => cells.length).join();
  const layout = useMemo(
    () => layoutOf(counts.split(',').map(Number), { width, height: room }, options.size, headed),
    [counts, width, room, options.size, headed]
  );
  const cells = useMemo(() => groups.flatMap((group) => group.cells), [groups]);
  const byId = useMemo(() => new Map(cells.map((cell) => [cell.entity.id, cell])), [cells]);
  const placed = useMemo(() => {
    const draw = drawerOf({ clock, detail: layout.detail, minVolume: options.minVolume, timeZone });
    return groups.flatMap((group, g) =>
      group.cells.map((cell, i): PlacedCell => {
        const { x, y } = placeOf(layout.blocks[g], i, layout);
        return { id: cell.entity.id, seen: draw(cell), x, y };
      })
    );
  }, [groups, clock, options.minVolume, timeZone, layout]);

  const { looked, focused, handlers, menu } = usePointing<HTMLDivElement>({
    choicesOf: (id) => {
      const entity = byId.get(id)?.entity;
      return entity ? choicesOf(entity, filterAction(options.click, context)) : [];
    },
    neighbour: (id, arrow) => neighbour(placed, id, arrow),
  });
  const label = useMemo(
    () => t('pulse.board', 'Board of {{count}} cells; arrows lead from one to the next', { count: cells.length }),
    [cells.length]
  );
  const reachable = focused !== undefined && byId.has(focused) ? focused : placed[0]?.id;
  const told = looked && byId.get(looked.id);
  const dark = cells.filter(({ standing }) => standing === 'dark');
  return (
    <div className={styles.place}>
      <div className={styles.scroll}>
        <div {...handlers} className={styles.board} style={{ height: layout.height }} role="group" aria-label={label}>
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
          <Cells {...{ placed, layout, reachable, styles }} />
        </div>
      </div>
      {options.showLegend && <Legend cells={cells} skipped={skipped} styles={styles} />}
      <div role="status" className={styles.unseen}>
        {dark.length > 0 && `${standingText('dark')}: ${dark.map(({ entity }) => entity.name).join(', ')}`}
      </div>
      {looked && told && (
        <FactTooltip at={looked.at} title={told.entity.name} facts={factsOf(told, options.minVolume, timeZone)} />
      )}
      {menu}
    </div>
  );
}
