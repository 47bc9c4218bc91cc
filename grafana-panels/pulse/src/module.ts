import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { SUCCESS } from './colors';
import { addOptions } from './editor';
import { migrate } from './migration';
import type { PulseOptions } from './options';
import pluginJson from './plugin.json';
import { suggest } from './suggestions';
import { PulsePanel } from './view/PulsePanel';

await initPluginTranslations(pluginJson.id);

/** The plugin as Grafana loads it. */
export const plugin = new PanelPlugin<PulseOptions>(PulsePanel)
  .useFieldConfig({
    disableStandardOptions: [FieldConfigProperty.NoValue],
    standardOptions: {
      [FieldConfigProperty.Color]: {
        settings: { byValueSupport: true, preferThresholdsMode: true },
        defaultValue: SUCCESS.color,
      },
      [FieldConfigProperty.Thresholds]: { defaultValue: SUCCESS.thresholds },
    },
  })
  .setPanelOptions(addOptions)
  .setMigrationHandler(migrate)
  .setSuggestionsSupplier(suggest);
