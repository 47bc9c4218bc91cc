import {
  CoreApp,
  EventBusSrv,
  createTheme,
  getPanelOptionsWithDefaults,
  type DataFrame,
  type GrafanaTheme2,
  type PanelPlugin,
  type TimeRange,
} from '@grafana/data';
import {
  GlobalStyles,
  PanelChrome,
  PanelContextProvider,
  PortalContainer,
  ThemeContext,
  type PanelContext,
} from '@grafana/ui';
import React, { useMemo, useState } from 'react';
import { panelData, rangeOf } from './answer';
import { done } from './grafana';
import type { Scene } from './scene';

/** A panel with all it is shown with. */
export interface Shown {
  readonly plugin: PanelPlugin;
  readonly scene: Scene;
  readonly frames: readonly DataFrame[];
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

const eventBus = new EventBusSrv();

const context: PanelContext = {
  eventsScope: 'workbench',
  eventBus,
  app: CoreApp.Dashboard,
  onAddAdHocFilter: (item) => done.push({ kind: 'filter', what: item }),
  onAddAdHocFilters: (items) => items.forEach((item) => done.push({ kind: 'filter', what: item })),
};

/** The panel where a dashboard would have it, in its frame. */
export function Place({ plugin, scene, frames, theme: mode, width, height }: Shown) {
  const theme = useMemo(() => createTheme({ colors: { mode } }), [mode]);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={{ width, height }}>
        <PanelChrome title={plugin.meta.name} width={width} height={height}>
          {(innerWidth, innerHeight) => (
            <PanelContextProvider value={context}>
              <Panel {...{ plugin, scene, frames, theme, width: innerWidth, height: innerHeight }} key={scene.name} />
            </PanelContextProvider>
          )}
        </PanelChrome>
      </div>
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

type PanelProps = Omit<Shown, 'theme'> & { theme: GrafanaTheme2 };

function Panel({ plugin, scene, frames, theme, width, height }: PanelProps) {
  const [chosen, setChosen] = useState<object>();
  const [range, setRange] = useState<TimeRange>();
  const [fieldConfig, saved] = useMemo(() => {
    const defaulted = getPanelOptionsWithDefaults({
      plugin,
      currentOptions: { ...scene.options },
      currentFieldConfig: { defaults: {}, overrides: [], ...scene.fieldConfig } as never,
      isAfterPluginChange: false,
    });
    return [defaulted.fieldConfig, defaulted.options];
  }, [plugin, scene]);
  const data = useMemo(
    () => panelData(plugin, { ...scene, fieldConfig } as Scene, frames, theme),
    [plugin, scene, fieldConfig, frames, theme]
  );
  const Drawn = plugin.panel;
  const timeRange = range ?? rangeOf(scene);
  return (
    Drawn && (
      <Drawn
        id={1}
        title={plugin.meta.name}
        data={range ? { ...data, timeRange: range } : data}
        options={chosen ?? saved}
        fieldConfig={fieldConfig}
        timeRange={timeRange}
        timeZone="utc"
        transparent={false}
        width={width}
        height={height}
        renderCounter={0}
        eventBus={eventBus}
        replaceVariables={(text) => text}
        onOptionsChange={(next) => {
          done.push({ kind: 'options', what: next });
          setChosen(next);
        }}
        onFieldConfigChange={() => undefined}
        onChangeTimeRange={({ from, to }) => {
          done.push({ kind: 'range', what: { from, to } });
          setRange(rangeOf({ range: { from, to } }));
        }}
      />
    )
  );
}
