import React, { useRef, useState } from 'react';
import { ActionMenu } from './actions/ActionMenu';
import type { Choice } from './actions/choices';
import { idAt, middleOf, type Arrow, type Point } from './pointing';

const ARROWS: readonly string[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] satisfies Arrow[];

/** What the things of a drawing are; each carries its id as `data-id`. */
interface Things {
  /** What can be done with one: the only thing is done at once, of several one is chosen. */
  readonly choicesOf: (id: string) => readonly Choice[];
  /** The thing that an arrow leads to, or where it begins. */
  readonly neighbour: (id: string | undefined, arrow: Arrow) => string | undefined;
}

/** What is pointed at in a drawing by mouse and keys, and what its outermost element needs to notice. */
export function usePointing<E extends HTMLElement | SVGElement>({ choicesOf, neighbour }: Things) {
  const place = useRef<E>(null);
  const [looked, setLooked] = useState<{ id: string; at: Point }>();
  const [focused, setFocused] = useState<string>();
  const [menu, setMenu] = useState<{ at: Point; choices: readonly Choice[] }>();

  const act = (id: string, at: Point) => {
    const choices = choicesOf(id);
    if (choices.length === 1) {
      choices[0]?.run();
    } else if (choices.length > 1) {
      setMenu({ at, choices });
    }
  };
  const look = (target: EventTarget, at: Point) => {
    const id = idAt(target);
    setLooked(id === undefined ? undefined : { id, at });
  };
  const lookAway = () => setLooked(undefined);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const id = idAt(event.target);
    if (ARROWS.includes(event.key)) {
      event.preventDefault();
      const next = neighbour(id, event.key as Arrow);
      place.current?.querySelector<HTMLElement | SVGElement>(`[data-id="${CSS.escape(next ?? '')}"]`)?.focus();
    } else if (id !== undefined && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      act(id, middleOf(event.target as Element));
    } else if (event.key === 'Escape') {
      lookAway();
    }
  };
  const onFocus = ({ target }: React.FocusEvent) => {
    setFocused(idAt(target));
    // A click brings the focus too, and its place is where the mouse is.
    if (target.matches(':focus-visible')) {
      look(target, middleOf(target));
    }
  };
  const onClick = ({ target, clientX, clientY }: React.MouseEvent) => {
    const id = idAt(target);
    if (id !== undefined) {
      act(id, { x: clientX, y: clientY });
    }
  };
  return {
    /** The thing under the mouse, or the one that the keys came to, and where on the page to tell of it. */
    looked: menu ? undefined : looked,
    /** Id of the thing that had the focus last. */
    focused,
    /** Properties of the element that holds the things. */
    handlers: {
      ref: place,
      onClick,
      onFocus,
      onKeyDown,
      onBlur: lookAway,
      onMouseLeave: lookAway,
      onMouseMove: ({ target, clientX, clientY }: React.MouseEvent) => look(target, { x: clientX, y: clientY }),
    },
    menu: menu && <ActionMenu {...menu} onClose={() => setMenu(undefined)} />,
  };
}
