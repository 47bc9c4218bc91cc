import { useEffect, useRef, type RefObject } from 'react';
import type { Scale } from '../layout/scale';
import type { Viewing } from './useView';

/** What the wheel does. */
interface Actions {
  readonly zoom: Viewing['zoom'];
  /** Undefined where all is in sight. */
  readonly move: Viewing['move'] | undefined;
}

/** With Ctrl or Cmd the wheel zooms around the mouse, sideways or with Shift it moves; else it scrolls as everywhere. */
export function useWheel(target: RefObject<Element>, scale: Scale, actions: Actions): void {
  const latest = useRef({ scale, ...actions });
  useEffect(() => {
    latest.current = { scale, ...actions };
  });
  useEffect(() => {
    const element = target.current;
    const onWheel = (event: WheelEvent) => {
      const { scale: now, zoom, move } = latest.current;
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const { left } = (event.currentTarget as Element).getBoundingClientRect();
        zoom(event.deltaY > 0 ? 1.25 : 0.8, now.time(event.clientX - left));
      } else if (isSideways && move) {
        event.preventDefault();
        move((event.deltaX || event.deltaY) / now.width);
      }
    };
    // Listeners of React cannot keep the page from scrolling.
    const options = { passive: false };
    element?.addEventListener('wheel', onWheel as EventListener, options);
    return () => element?.removeEventListener('wheel', onWheel as EventListener);
  }, [target]);
}
