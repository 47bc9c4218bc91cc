/** A point of the page. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A key that leads from one thing to the next. */
export type Arrow = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

/** The id of the thing (`data-id`) that an event happened on. */
export function idAt(target: EventTarget): string | undefined {
  const thing = target instanceof Element ? target.closest('[data-id]') : null;
  return thing?.getAttribute('data-id') ?? undefined;
}

/** Where what the keys did to an element is shown. */
export function middleOf(element: Element): Point {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
