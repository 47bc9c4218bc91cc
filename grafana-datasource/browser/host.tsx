// A page that holds one editor of the built plugin and shows what the editor saves and what the service answers.
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import React, { useState, type ComponentType } from 'react';
import { createRoot } from 'react-dom/client';
import { firstValueFrom, from } from 'rxjs';
import { barriers, call, loadPlugin } from './loader';

const PLUGIN = 'pmta-watchtower-datasource';

/** What a test asks this page for. */
export interface Host {
  open: (what: 'query' | 'config', theme: 'light' | 'dark', saved: object) => Promise<void>;
  saved: unknown;
  barriers: () => Promise<string[]>;
}

grafanaRuntime.setBackendSrv({
  fetch: ({ url, method = 'GET', data }: { url: string; method?: string; data?: unknown }) =>
    from(call(url, method, data)),
  get: async (url: string) => (await call(url, 'GET')).data,
} as unknown as grafanaRuntime.BackendSrv);
grafanaRuntime.setTemplateSrv({
  getVariables: () => [],
  replace: (text: string) => text,
} as unknown as grafanaRuntime.TemplateSrv);

const host: Host = {
  saved: undefined,
  open: async (what, theme, saved) => {
    const plugin = await loadPlugin<grafanaData.DataSourcePlugin<any>>(PLUGIN);
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
  barriers: () => barriers(),
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
    const answer: any = await firstValueFrom(datasource.query({ targets, range, scopedVars: {}, intervalMs: 60_000 }));
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
