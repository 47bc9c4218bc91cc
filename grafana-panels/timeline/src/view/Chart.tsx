import type { AbsoluteTimeRange } from '@grafana/data';
import { cx } from '@emotion/css';
import { measureText, useStyles2 } from '@grafana/ui';
import React, { useMemo, useRef, useState } from 'react';
import { spoken, type Fact } from '../../../shared/fields/shown';
import { FactTooltip } from '../../../shared/tooltip/FactTooltip';
import type { Point } from '../../../shared/pointing';
import { ARROWS, extentOf, neighbour, spanAt, type Arrow } from '../layout/find';
import type { Lanes, PlacedSpan } from '../layout/lanes';
import type { Scale } from '../layout/scale';
import type { Paint } from '../paint/pen';
import type { Span } from '../spans/types';
import { Canvas } from './Canvas';
import { LaneNames } from './LaneNames';
import { getStyles } from './styles';
import { useBrush, type Brush } from './useBrush';
import { useHeld } from './useHeld';
import { useView, type View } from './useView';
import { useWheel } from './useWheel';
import { ZoomBar } from './ZoomBar';

/** A marked time, as it is written. */
export interface AxisTick {
  readonly x: number;
  readonly text: string;
}

interface Props<S extends Span> {
  lanes: Lanes<S>;
  /** The whole that can be looked at. */
  range: View;
  scaleOf: (view: View, width: number) => Scale;
  ticksOf: (scale: Scale) => readonly AxisTick[];
  paint: Paint<S>;
  width: number;
  height: number;
  rowHeight: number;
  /** How far beside a bar the mouse may be, in pixels. */
  reach: number;
  titleOf: (placed: PlacedSpan<S>) => string;
  factsOf: (placed: PlacedSpan<S>) => Fact[];
  laneName: (name: string) => string;
  /** Tells the same span in another answer. */
  keyOf: (placed: PlacedSpan<S>) => string;
  /** A span was clicked, or chosen by a key; `at` is where on the page. */
  onOpen: (placed: PlacedSpan<S>, at: Point) => void;
  onRange: (range: AbsoluteTimeRange) => void;
  /** What the drawing is, for people who hear it. */
  name: string;
}

const AXIS = 20;
/** Half the room that the text of a time needs, in pixels. */
const TICK_HALF = 45;
const LANE_TEXT = 12;
/** Fonts of a canvas and of the page may differ a little; and what is around the text, in pixels. */
const [LANE_SLACK, LANE_PADDING] = [1.08, 20];

/** Lanes of bars over time, with what can be done to them by mouse and keys. */
export function Chart<S extends Span>(props: Props<S>) {
  const { lanes, range, scaleOf, ticksOf, paint, width, height, rowHeight, reach, titleOf, factsOf } = props;
  const { keyOf, laneName, onRange } = props;
  const styles = useStyles2(getStyles);
  const scroll = useRef<HTMLDivElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  const [scrolled, setScrolled] = useState(0);
  const [lookedAt, setLookedAt] = useState<Point>({ x: 0, y: 0 });
  const looked = useHeld(lanes, keyOf);
  const focused = useHeld(lanes, keyOf);
  const { view, isZoomed, zoom, move, reset } = useView(range);

  const lanesWidth = useMemo(() => widthOfLanes(lanes, width, laneName), [lanes, width, laneName]);
  const plotWidth = Math.max(1, width - lanesWidth);
  const sight = Math.max(rowHeight, height - AXIS);
  const scale = useMemo(() => scaleOf(view, plotWidth), [scaleOf, view, plotWidth]);
  const ticks = useMemo(() => ticksOf(scale), [ticksOf, scale]);
  const seen = useMemo(
    () => ({ lanes, scale, ticks, rowHeight, scrolled, height: sight }),
    [lanes, scale, ticks, rowHeight, scrolled, sight]
  );

  const at = ({ clientX, clientY }: React.MouseEvent) => {
    const { left, top } = cornerOf(plot.current);
    return spanAt(lanes, scale, rowHeight, reach, { x: clientX - left, y: clientY - top + scrolled });
  };
  const boxOf = ({ span, line }: PlacedSpan<S>) => {
    const { left, right } = extentOf(span, scale);
    return { left, top: line * rowHeight - scrolled, width: right - left, height: rowHeight };
  };
  const under = (placed: PlacedSpan<S>): Point => {
    const { left, top } = cornerOf(plot.current);
    const box = boxOf(placed);
    return { x: left + Math.max(box.left, 0), y: top + box.top + box.height };
  };
  const look = (placed: PlacedSpan<S> | undefined, point = lookedAt) => {
    looked.hold(placed);
    setLookedAt(point);
  };
  const open = (placed: PlacedSpan<S>, point: Point) => {
    look(undefined);
    focused.hold(placed);
    props.onOpen(placed, point);
  };
  const brushing = useBrush(
    plotWidth,
    ({ left, right }) => onRange({ from: Math.round(scale.time(left)), to: Math.round(scale.time(right)) }),
    (event) => {
      const placed = at(event);
      if (placed) {
        open(placed, { x: event.clientX, y: event.clientY });
      }
    }
  );
  useWheel(plot, scale, { zoom, move: isZoomed ? move : undefined });

  const reachable = focused.placed ?? neighbour(lanes, scale, undefined, 'Home');
  const lead = (arrow: Arrow) => {
    const next = neighbour(lanes, scale, focused.placed, arrow);
    wantsFocus.current = true;
    focused.hold(next);
    if (next && scroll.current) {
      const top = next.line * rowHeight;
      const wanted = Math.min(Math.max(scrolled, top + rowHeight - sight), top);
      scroll.current.scrollTop = wanted;
      setScrolled(wanted);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const act = reachable && actionOf(event, reachable);
    if (act) {
      event.preventDefault();
      act();
    }
  };
  const actionOf = ({ key, ctrlKey, metaKey, altKey }: React.KeyboardEvent, placed: PlacedSpan<S>) => {
    if (ctrlKey || metaKey || altKey) {
      return undefined;
    }
    const middle = scale.time((extentOf(placed.span, scale).left + extentOf(placed.span, scale).right) / 2);
    const actions: Readonly<Record<string, () => void>> = {
      Enter: () => open(placed, under(placed)),
      ' ': () => open(placed, under(placed)),
      '+': () => zoom(0.5, middle),
      '-': () => zoom(2, middle),
      Escape: () => (looked.placed ? look(undefined) : reset()),
    };
    return ARROWS.includes(key) ? () => lead(key as Arrow) : actions[key];
  };
  return (
    <div className={styles.place} style={{ height }}>
      <div
        ref={scroll}
        className={styles.scroll}
        onScroll={({ currentTarget: { scrollTop } }) => {
          if (scrollTop !== scrolled) {
            setScrolled(scrollTop);
            look(undefined);
          }
        }}
      >
        <div style={{ height: lanes.lines.length * rowHeight }}>
          <div className={styles.sight} style={{ height: sight }}>
            <LaneNames {...{ lanes, rowHeight, scrolled, laneName, height: sight, width: lanesWidth }} />
            <div
              ref={plot}
              className={cx(styles.plot, looked.placed && styles.onBar)}
              role="group"
              aria-label={props.name}
              onMouseDown={brushing.onMouseDown}
              onClick={brushing.onClick}
              onMouseMove={(event) => {
                look(brushing.brush ? undefined : at(event), { x: event.clientX, y: event.clientY });
              }}
              onMouseLeave={() => look(undefined)}
              onKeyDown={onKeyDown}
            >
              <Canvas paint={paint} sight={seen} className={styles.canvas} />
              {looked.placed && <div className={styles.hover} style={boxOf(looked.placed)} />}
              {brushing.brush && <div className={styles.brush} style={widthOf(brushing.brush)} />}
              {reachable && (
                <button
                  key={keyOf(reachable)}
                  ref={(button) => {
                    if (button && wantsFocus.current) {
                      wantsFocus.current = false;
                      button.focus();
                    }
                  }}
                  type="button"
                  className={styles.focus}
                  style={boxOf(reachable)}
                  aria-label={spoken(titleOf(reachable), factsOf(reachable))}
                  onFocus={() => {
                    focused.hold(reachable);
                    look(reachable, under(reachable));
                  }}
                  onBlur={() => look(undefined)}
                />
              )}
            </div>
          </div>
        </div>
      </div>
      <div className={styles.axis} style={{ height: AXIS, marginLeft: lanesWidth }} aria-hidden>
        {ticks.map(({ x, text }) => (
          <span key={x} style={tickPlace(x, plotWidth)}>
            {text}
          </span>
        ))}
      </div>
      {isZoomed && <ZoomBar onTake={() => onRange(roundedOf(view))} onReset={reset} />}
      {looked.placed && <FactTooltip at={lookedAt} title={titleOf(looked.placed)} facts={factsOf(looked.placed)} />}
    </div>
  );
}

function cornerOf(element: Element | null): { left: number; top: number } {
  return element?.getBoundingClientRect() ?? { left: 0, top: 0 };
}

/** Below its time, and at the edges within them. */
function tickPlace(x: number, width: number): React.CSSProperties {
  if (x < TICK_HALF) {
    return { left: Math.max(0, x - TICK_HALF / 4) };
  }
  return x > width - TICK_HALF ? { right: 0 } : { left: x, transform: 'translateX(-50%)' };
}

function widthOf({ left, right }: Brush) {
  return { left, width: right - left };
}

function roundedOf({ from, to }: View): AbsoluteTimeRange {
  return { from: Math.floor(from), to: Math.ceil(to) };
}

/** Room for the names of the lanes: what the longest takes, and never more than a third. */
function widthOfLanes({ lanes }: Lanes, width: number, laneName: (name: string) => string): number {
  const longest = lanes.map(({ name }) => laneName(name)).reduce((a, b) => (b.length > a.length ? b : a), '');
  return Math.min(measureText(longest, LANE_TEXT).width * LANE_SLACK + LANE_PADDING, width / 3);
}
