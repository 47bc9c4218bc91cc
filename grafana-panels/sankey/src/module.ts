import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { HEALTH } from './colors';
import { addOptions } from './editor';
import { migrate } from './migration';
import type { SankeyOptions } from './options';
import pluginJson from './plugin.json';
import { suggest } from './suggestions';
import { SankeyPanel } from './view/SankeyPanel';

await initPluginTranslations(pluginJson.id);

/** The plugin as Grafana loads it. */
export const plugin = new PanelPlugin<SankeyOptions>(SankeyPanel)
  .useFieldConfig({
    disableStandardOptions: [FieldConfigProperty.NoValue],
    standardOptions: {
      [FieldConfigProperty.Color]: {
        settings: { byValueSupport: true, preferThresholdsMode: true },
        defaultValue: HEALTH.color,
      },
      [FieldConfigProperty.Thresholds]: { defaultValue: HEALTH.thresholds },
    },
  })
  .setPanelOptions(addOptions)
  .setMigrationHandler(migrate)
  .setSuggestionsSupplier(suggest);
