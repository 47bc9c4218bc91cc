import { t } from '../../../shared/texts';
import { Button, ClickOutsideWrapper, IconButton, LinkButton, Portal, useStyles2 } from '@grafana/ui';
import React, { useEffect, useId, useRef, type ReactNode } from 'react';
import type { Choice } from '../../../shared/actions/choices';
import type { Fact } from '../../../shared/fields/shown';
import { getStyles } from './styles';

interface Props {
  /** Where on the page, in pixels of the window. */
  at: { readonly x: number; readonly y: number };
  title: string;
  facts: readonly Fact[];
  choices: readonly Choice[];
  onClose: () => void;
  children?: ReactNode;
}

const [OFFSET, EDGE, WIDTH] = [8, 8, 380];

/** All that is known of what was clicked, and what can be done with it. */
export function Card({ at, title, facts, choices, onClose, children }: Props) {
  const styles = useStyles2(getStyles);
  const name = useId();
  const place = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    before.current = document.activeElement;
    place.current?.focus();
  }, []);
  const leave = () => {
    onClose();
    // Keys go on where they were before.
    if (before.current instanceof HTMLElement) {
      before.current.focus();
    }
  };
  return (
    <Portal>
      <ClickOutsideWrapper onClick={onClose} includeButtonPress={false} useCapture>
        <div
          ref={place}
          role="dialog"
          aria-labelledby={name}
          tabIndex={-1}
          className={styles.card}
          style={placeOf(at)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              event.stopPropagation();
              leave();
            }
          }}
        >
          <h2 id={name} className={styles.cardTitle}>
            {title}
          </h2>
          <IconButton
            className={styles.cardClose}
            name="times"
            tooltip={t('timeline.close', 'Close')}
            onClick={leave}
          />
          <dl className={styles.facts}>
            {facts.map(({ label, value }) => (
              <React.Fragment key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </React.Fragment>
            ))}
          </dl>
          {children}
          <div className={styles.choices}>
            {choices.map((choice) => (
              <ChoiceButton key={`${choice.label}\n${choice.href ?? ''}`} choice={choice} onClose={onClose} />
            ))}
          </div>
        </div>
      </ClickOutsideWrapper>
    </Portal>
  );
}

function ChoiceButton({ choice: { label, href, target, run }, onClose }: { choice: Choice; onClose: () => void }) {
  const look = { variant: 'secondary', size: 'sm', fill: 'outline' } as const;
  if (href !== undefined) {
    return (
      <LinkButton {...look} href={href} target={target} rel={target && 'noopener'}>
        {label}
      </LinkButton>
    );
  }
  const onClick = () => {
    onClose();
    run();
  };
  return (
    <Button {...look} onClick={onClick}>
      {label}
    </Button>
  );
}

/** Beside the place, towards where the window has room. */
function placeOf({ x, y }: Props['at']): React.CSSProperties {
  const { innerWidth, innerHeight } = window;
  const left = Math.max(EDGE, Math.min(x + OFFSET, innerWidth - WIDTH - EDGE));
  const isBelow = y < innerHeight / 2;
  const room = isBelow ? innerHeight - y : y;
  return {
    left,
    maxHeight: room - OFFSET - EDGE,
    ...(isBelow ? { top: y + OFFSET } : { bottom: innerHeight - y + OFFSET }),
  };
}
