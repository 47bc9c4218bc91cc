// Loads built plugins as Grafana does: SystemJS with AMD, the shared packages under the prefix `package:`.
import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';
import 'systemjs/dist/extras/named-register.js';

import * as emotion from '@emotion/css';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import axe from 'axe-core';
import i18next from 'i18next';
import * as react from 'react';
import * as reactDom from 'react-dom';
import * as rxjs from 'rxjs';

/** What Grafana shares with plugins, as far as ours take it. */
const shared: Record<string, unknown> = {
  '@emotion/css': emotion,
  '@grafana/data': grafanaData,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/ui': grafanaUi,
  i18next,
  react,
  'react-dom': reactDom,
  rxjs,
};

interface Loader {
  addImportMap: (map: { imports: Record<string, string> }) => void;
  set: (id: string, module: unknown) => void;
  /** What the module gives is a promise, as it waits for its translations. */
  import: (id: string) => Promise<{ default: Promise<{ plugin: unknown }> }>;
}

const loader = (window as unknown as { System: Loader }).System;
for (const [name, module] of Object.entries(shared)) {
  loader.set(`package:${name}`, module);
}
loader.addImportMap({
  imports: Object.fromEntries(Object.keys(shared).map((name) => [name, `package:${name}`])),
});

/** The plugin with this id, as it was built. */
export async function loadPlugin<T>(id: string): Promise<T> {
  const { plugin } = await (await loader.import(`/public/plugins/${id}/module.js`)).default;
  return plugin as T;
}

/** Calls the page's own server, which answers as Grafana's would. */
export async function call(url: string, method: string, data?: unknown) {
  const body =
    data === undefined ? {} : { body: JSON.stringify(data), headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(url, { method, ...body });
  const answer: unknown = await response.json();
  if (!response.ok) {
    throw { status: response.status, data: answer };
  }
  return { data: answer };
}

/** What makes a page seriously hard to use without a mouse or without eyes, but for parts that are not ours; empty where nothing does. */
export async function barriers(...exclude: string[]): Promise<string[]> {
  const { violations } = await axe.run({ exclude }, { rules: { 'page-has-heading-one': { enabled: false } } });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
