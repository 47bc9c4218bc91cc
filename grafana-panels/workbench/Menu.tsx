import React, { useEffect, useState } from 'react';
import { SIZES, type Chosen } from './chosen';
import type { Workbench } from './host';
import type { Scene } from './scene';

interface Props {
  scenes: Readonly<Record<string, readonly Scene[]>>;
  workbench: Workbench;
}

/** The page's address keeps what was chosen. */
const KEPT = ['panel', 'scene', 'theme', 'size'] as const;

/** Grafana's styles for whole pages leave nothing of the browser's own. */
const NATIVE = { appearance: 'auto', width: 'auto', height: 'auto', margin: '0 8px' } as const;

/** What there is to look at; nothing is shown until somebody chooses, as tests do by themselves. */
export function Menu({ scenes, workbench }: Props) {
  const [chosen, setChosen] = useState(() => fromAddress(scenes));
  const [round, setRound] = useState(0);
  const [said, setSaid] = useState('');
  const told = (work: Promise<unknown>) =>
    void work
      .then(() => setSaid(''))
      .catch((error: unknown) => setSaid(String((error as Error).message ?? JSON.stringify(error))));
  useEffect(() => {
    if (chosen) {
      window.history.replaceState(null, '', `#${new URLSearchParams({ ...chosen }).toString()}`);
      told(workbench.show(chosen));
      setRound(0);
    }
  }, [chosen, workbench]);

  const [panel = ''] = Object.keys(scenes);
  const current: Chosen = chosen ?? { panel, scene: scenes[panel]?.[0]?.name ?? '', theme: 'dark', size: 'medium' };
  const choose = (part: Partial<Chosen>) => {
    const next = { ...current, ...part };
    const names = scenes[next.panel]?.map(({ name }) => name) ?? [];
    setChosen({ ...next, scene: names.includes(next.scene) ? next.scene : (names[0] ?? '') });
  };
  const select = (
    label: string,
    value: string,
    choices: readonly string[],
    part: (value: string) => Partial<Chosen>
  ) => (
    <label>
      {label}{' '}
      <select style={NATIVE} value={value} onChange={(event) => choose(part(event.target.value))}>
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>{' '}
    </label>
  );
  return (
    <nav aria-label="Workbench" style={{ padding: 8 }}>
      {select('Panel', current.panel, Object.keys(scenes), (value) => ({ panel: value }))}
      {select('Scene', current.scene, scenes[current.panel]?.map(({ name }) => name) ?? [], (scene) => ({ scene }))}
      {select('Theme', current.theme, ['dark', 'light'], (theme) => ({ theme: theme as Chosen['theme'] }))}
      {select('Size', current.size, Object.keys(SIZES), (size) => ({ size: size as Chosen['size'] }))}
      <button
        type="button"
        onClick={() => {
          setRound(round + 1);
          told(workbench.update(round + 1));
        }}
      >
        Update
      </button>{' '}
      <output>{said}</output>
    </nav>
  );
}

function fromAddress(scenes: Props['scenes']): Chosen | undefined {
  const kept = Object.fromEntries(new URLSearchParams(window.location.hash.slice(1))) as Partial<
    Record<string, string>
  >;
  const known = scenes[kept.panel ?? '']?.some(({ name }) => name === kept.scene);
  return known && KEPT.every((name) => kept[name] !== undefined) ? (kept as unknown as Chosen) : undefined;
}
