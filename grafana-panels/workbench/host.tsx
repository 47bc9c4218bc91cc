// A page that shows the built panels as a dashboard would, for people (a menu) and for tests (`window.workbench`).
import { createTheme, type PanelPlugin } from '@grafana/data';
import React from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { barriers, call, loadPlugin } from '../../grafana-datasource/browser/loader';
import { answerOf, handed } from './answer';
import { becomeGrafana, done, type Done } from './grafana';
import { Menu } from './Menu';
import { Place, type Shown } from './Place';
import { SIZES, type Chosen } from './chosen';
import type { Scene } from './scene';

/** What tests ask this page for. */
export interface Workbench {
  /** Shows a scene anew; resolves when it is drawn. */
  show: (chosen: Chosen) => Promise<void>;
  /** Shows the same scene with the rows of a round of updates; resolves with the ms until it was drawn. */
  update: (round: number) => Promise<number>;
  /** Ms until a scene was drawn for the first time, its rows being there. */
  paint: (chosen: Chosen) => Promise<number>;
  /** What the panel asked of Grafana. */
  done: Done[];
  barriers: () => Promise<string[]>;
}

/** The scenes of each panel, by the panel's id. */
type Scenes = Readonly<Record<string, readonly Scene[]>>;

/** Starts the page. */
export function start(scenes: Scenes): void {
  becomeGrafana();
  const [menu, place] = [document.createElement('header'), document.createElement('main')];
  document.body.replaceChildren(menu, place);
  let root: Root | undefined;
  let now: Shown | undefined;

  const prepare = async (chosen: Chosen): Promise<Shown> => {
    const scene = scenes[chosen.panel]?.find(({ name }) => name === chosen.scene);
    if (!scene) {
      throw new Error(`there is no scene ${chosen.scene} of ${chosen.panel}`);
    }
    const [plugin, frames] = await Promise.all([pluginOf(chosen.panel), answerOf(scene, 0)]);
    const [width, height] = SIZES[chosen.size];
    const theme = createTheme({ colors: { mode: chosen.theme } });
    return { plugin, scene, handed: handed(plugin, scene, frames, theme), theme, width, height };
  };
  const clear = () => {
    root?.unmount();
    root = createRoot(place);
    done.length = 0;
  };
  const draw = (shown: Shown): Promise<number> => {
    now = shown;
    return painted(() => root?.render(<Place {...shown} />));
  };
  const paint = async (chosen: Chosen) => {
    const shown = await prepare(chosen);
    clear();
    document.documentElement.style.colorScheme = chosen.theme;
    return draw(shown);
  };
  const workbench: Workbench = {
    show: async (chosen) => void (await paint(chosen)),
    paint,
    update: async (round) => {
      if (!now) {
        throw new Error('nothing is shown yet');
      }
      const frames = await answerOf(now.scene, round);
      return draw({ ...now, handed: handed(now.plugin, now.scene, frames, now.theme) });
    },
    done,
    // The menu is the workbench's own.
    barriers: () => barriers('header'),
  };
  Object.assign(window, { workbench });
  createRoot(menu).render(<Menu scenes={scenes} workbench={workbench} />);
}

const plugins = new Map<string, Promise<PanelPlugin>>();

async function pluginOf(id: string): Promise<PanelPlugin> {
  const known = plugins.get(id) ?? load(id);
  plugins.set(id, known);
  return known;
}

async function load(id: string): Promise<PanelPlugin> {
  const [plugin, { data: meta }] = await Promise.all([
    loadPlugin<PanelPlugin>(id),
    call(`/public/plugins/${id}/plugin.json`, 'GET'),
  ]);
  plugin.meta = meta as PanelPlugin['meta'];
  return plugin;
}

/** Draws at the start of a frame; resolves once the browser has painted it, with the ms that took. */
function painted(draw: () => void): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    requestAnimationFrame(() => {
      const begun = performance.now();
      // A frame's callbacks run before it is painted, messages after it.
      port1.onmessage = () => {
        resolve(performance.now() - begun);
        // An open port is never collected, nor is what its handler holds.
        port1.close();
      };
      try {
        flushSync(draw);
        port2.postMessage(undefined);
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}
