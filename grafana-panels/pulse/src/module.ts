import { FieldColorModeId, FieldConfigProperty, PanelPlugin, ThresholdsMode } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { addOptions } from './editor';
import { migrate } from './migration';
import type { PulseOptions } from './options';
import pluginJson from './plugin.json';
import { suggest } from './suggestions';
import { PulsePanel } from './view/PulsePanel';

await initPluginTranslations(pluginJson.id);

/** The plugin as Grafana loads it. Its thresholds are those of a success rate. */
export const plugin = new PanelPlugin<PulseOptions>(PulsePanel)
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
            { value: -Infinity, color: 'red' },
            { value: 0.75, color: 'orange' },
            { value: 0.9, color: 'green' },
          ],
        },
      },
    },
  })
  .setPanelOptions(addOptions)
  .setMigrationHandler(migrate)
  .setSuggestionsSupplier(suggest);
