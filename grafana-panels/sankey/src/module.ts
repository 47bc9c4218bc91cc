import { FieldColorModeId, FieldConfigProperty, PanelPlugin, ThresholdsMode } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { addOptions } from './editor';
import { migrate } from './migration';
import type { SankeyOptions } from './options';
import pluginJson from './plugin.json';
import { suggest } from './suggestions';
import { SankeyPanel } from './view/SankeyPanel';

await initPluginTranslations(pluginJson.id);

/** The plugin as Grafana loads it. Its thresholds are those of a deferral rate: what is new shows what is throttled. */
export const plugin = new PanelPlugin<SankeyOptions>(SankeyPanel)
  .useFieldConfig({
    disableStandardOptions: [FieldConfigProperty.NoValue],
    standardOptions: {
      [FieldConfigProperty.Color]: {
        settings: { byValueSupport: true, preferThresholdsMode: true },
        defaultValue: { mode: FieldColorModeId.Thresholds },
      },
      [FieldConfigProperty.Thresholds]: {
        defaultValue: {
          mode: ThresholdsMode.Absolute,
          steps: [
            { value: -Infinity, color: 'green' },
            { value: 0.1, color: 'orange' },
            { value: 0.25, color: 'red' },
          ],
        },
      },
    },
  })
  .setPanelOptions(addOptions)
  .setMigrationHandler(migrate)
  .setSuggestionsSupplier(suggest);
