import { ContextMenu, MenuItem } from '@grafana/ui';
import React from 'react';
import type { Choice } from './choices';

interface Props {
  /** Where on the page it opens. */
  at: { readonly x: number; readonly y: number };
  choices: readonly Choice[];
  onClose: () => void;
}

/** What can be done with what was clicked, where there is more than one thing. */
export function ActionMenu({ at, choices, onClose }: Props) {
  const items = () =>
    choices.map(({ label, href, target, run }) => (
      <MenuItem
        key={`${label}\n${href ?? ''}`}
        label={label}
        onClick={href === undefined ? run : undefined}
        {...(href !== undefined && { url: href })}
        {...(target !== undefined && { target })}
      />
    ));
  return <ContextMenu x={at.x} y={at.y} onClose={onClose} renderMenuItems={items} focusOnOpen />;
}
