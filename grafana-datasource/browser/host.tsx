// A page that loads the built plugin as Grafana does: SystemJS with AMD, the shared packages under the prefix
// `package:`. It holds one editor and shows what the editor saves and what the service answers.
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
import React, { useState, type ComponentType } from 'react';
import * as reactDom from 'react-dom';
import { createRoot } from 'react-dom/client';
import * as rxjs from 'rxjs';
import { from } from 'rxjs';

const PLUGIN = 'pmta-watchtower-datasource';

/** What Grafana shares with plugins, as far as this one takes it. */
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
  import: (id: string) => Promise<{ default: Promise<Module> }>;
}

/** What the plugin's module gives; a promise, as it waits for its translations. */
interface Module {
  plugin: grafanaData.DataSourcePlugin<any>;
}

/** What a test asks this page for. */
export interface Host {
  open: (what: 'query' | 'config', theme: 'light' | 'dark', saved: object) => Promise<void>;
  saved: unknown;
  barriers: () => Promise<string[]>;
}

const loader = (window as unknown as { System: Loader }).System;
for (const [name, module] of Object.entries(shared)) {
  loader.set(`package:${name}`, module);
}
loader.addImportMap({
  imports: Object.fromEntries(Object.keys(shared).map((name) => [name, `package:${name}`])),
});

grafanaRuntime.setBackendSrv({
  fetch: ({ url, method = 'GET', data }: { url: string; method?: string; data?: unknown }) =>
    from(call(url, method, data)),
  get: async (url: string) => (await call(url, 'GET')).data,
} as unknown as grafanaRuntime.BackendSrv);
grafanaRuntime.setTemplateSrv({
  getVariables: () => [],
  replace: (text: string) => text,
} as unknown as grafanaRuntime.TemplateSrv);

async function call(url: string, method: string, data?: unknown) {
  const body =
    data === undefined ? {} : { body: JSON.stringify(data), headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(url, { method, ...body });
  const answer: unknown = await response.json();
  if (!response.ok) {
    throw { status: response.status, data: answer };
  }
  return { data: answer };
}

const host: Host = {
  saved: undefined,
  open: async (what, theme, saved) => {
    const { plugin } = await (await loader.import(`/public/plugins/${PLUGIN}/module.js`)).default;
    const datasource = new plugin.DataSourceClass({
      uid: 'pmta-watchtower',
      type: PLUGIN,
      name: 'PMTA Watchtower',
      jsonData: {},
      meta: { id: PLUGIN },
    } as never);
    const Editor = (
      what === 'query' ? plugin.components.QueryEditor : plugin.components.ConfigEditor
    ) as ComponentType<any>;
    host.saved = saved;
    const place = document.createElement('main');
    document.body.replaceChildren(place);
    createRoot(place).render(<Page Editor={Editor} datasource={datasource} theme={theme} start={saved} />);
  },
  barriers: async () => {
    const { violations } = await axe.run(document.body, { rules: { 'page-has-heading-one': { enabled: false } } });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  },
};
Object.assign(window, { host });

interface PageProps {
  Editor: ComponentType<any>;
  datasource: any;
  theme: 'light' | 'dark';
  start: object;
}

function Page({ Editor, datasource, theme, start }: PageProps) {
  const [saved, setSaved] = useState(start);
  const [rows, setRows] = useState('');
  const save = (next: object) => {
    host.saved = next;
    setSaved(next);
  };
  const run = async () => {
    const targets = [host.saved];
    const range = grafanaData.getDefaultTimeRange();
    const answer: any = await rxjs.firstValueFrom(
      datasource.query({ targets, range, scopedVars: {}, intervalMs: 60_000 })
    );
    setRows(answer.errors?.[0]?.message ?? `${answer.data.map((frame: any) => frame.length).join(', ')} rows`);
  };
  return (
    <grafanaUi.ThemeContext.Provider value={grafanaData.createTheme({ colors: { mode: theme } })}>
      <grafanaUi.GlobalStyles />
      <div style={{ padding: 16 }}>
        <Editor
          query={saved}
          options={saved}
          datasource={datasource}
          onChange={save}
          onOptionsChange={save}
          onRunQuery={() => void run()}
        />
        <output>{rows}</output>
      </div>
      <grafanaUi.PortalContainer />
    </grafanaUi.ThemeContext.Provider>
  );
}
