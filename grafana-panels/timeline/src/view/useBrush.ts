import { useRef, useState, type MouseEvent } from 'react';

/** A part of the drawing that somebody is choosing, in pixels from its left. */
export interface Brush {
  readonly left: number;
  readonly right: number;
}

/** So many pixels make a choice of a click. */
const LEAST = 5;

/**
 * Lets people choose a part of a drawing by dragging over it. `onChosen` gets both ends in pixels from its left, `onClick` the event of
 * a press that was none. Escape gives up.
 */
export function useBrush(width: number, onChosen: (brush: Brush) => void, onClick: (event: MouseEvent) => void) {
  const [brush, setBrush] = useState<Brush>();
  const dragged = useRef(false);
  const onMouseDown = (down: MouseEvent) => {
    if (down.button !== 0) {
      return;
    }
    dragged.current = false;
    const { left } = down.currentTarget.getBoundingClientRect();
    const placeOf = (x: number) => Math.min(Math.max(x - left, 0), width);
    const begun = placeOf(down.clientX);
    let chosen: Brush | undefined;
    const show = (next: Brush | undefined) => {
      chosen = next;
      setBrush(next);
    };
    const onMove = (event: globalThis.MouseEvent) => {
      const place = placeOf(event.clientX);
      if (chosen || Math.abs(place - begun) >= LEAST) {
        dragged.current = true;
        show({ left: Math.min(place, begun), right: Math.max(place, begun) });
      }
    };
    const end = () => {
      window.removeEventListener('mousemove', onMove);
      window.removeEventListener('mouseup', onUp);
      window.removeEventListener('keydown', onKey, true);
      setBrush(undefined);
    };
    const onUp = () => {
      end();
      if (chosen && chosen.right - chosen.left >= LEAST) {
        onChosen(chosen);
      }
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        end();
      }
    };
    window.addEventListener('mousemove', onMove);
    window.addEventListener('mouseup', onUp);
    window.addEventListener('keydown', onKey, true);
  };
  const click = (event: MouseEvent) => {
    if (!dragged.current) {
      onClick(event);
    }
  };
  return { brush, onMouseDown, onClick: click };
}
