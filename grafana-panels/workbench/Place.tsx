import { CoreApp, EventBusSrv, type GrafanaTheme2, type PanelPlugin, type TimeRange } from '@grafana/data';
import {
  GlobalStyles,
  PanelChrome,
  PanelContextProvider,
  PortalContainer,
  ThemeContext,
  type PanelContext,
} from '@grafana/ui';
import React, { useMemo, useState } from 'react';
import { rangeOf, type Handed } from './answer';
import { done } from './grafana';
import type { Scene } from './scene';

/** A panel with all it is shown with. */
export interface Shown {
  readonly plugin: PanelPlugin;
  readonly scene: Scene;
  readonly handed: Handed;
  readonly theme: GrafanaTheme2;
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
export function Place(shown: Shown) {
  const { plugin, scene, theme, width, height } = shown;
  // They are the page's, and drawn once.
  const styles = useMemo(() => <GlobalStyles key={theme.name} />, [theme]);
  return (
    <ThemeContext.Provider value={theme}>
      {styles}
      <div style={{ width, height }}>
        <PanelChrome title={plugin.meta.name} width={width} height={height}>
          {(innerWidth, innerHeight) => (
            <PanelContextProvider value={context}>
              <Panel {...shown} width={innerWidth} height={innerHeight} key={scene.name} />
            </PanelContextProvider>
          )}
        </PanelChrome>
      </div>
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

function Panel({ plugin, scene, handed, width, height }: Shown) {
  const { data, options, fieldConfig } = handed;
  const [chosen, setChosen] = useState<object>();
  const [range, setRange] = useState<TimeRange>();
  const Drawn = plugin.panel;
  const timeRange = range ?? rangeOf(scene);
  return (
    Drawn && (
      <Drawn
        id={1}
        title={plugin.meta.name}
        data={range ? { ...data, timeRange: range } : data}
        options={chosen ?? options}
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
