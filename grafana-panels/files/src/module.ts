import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { addOptions } from './editor';
import { migrate } from './migration';
import type { FilesOptions } from './options';
import pluginJson from './plugin.json';
import { suggest } from './suggestions';
import { FilesPanel } from './view/FilesPanel';

await initPluginTranslations(pluginJson.id);

/** The plugin as Grafana loads it. */
export const plugin = new PanelPlugin<FilesOptions>(FilesPanel)
  .useFieldConfig({
    disableStandardOptions: [
      FieldConfigProperty.NoValue,
      FieldConfigProperty.Min,
      FieldConfigProperty.Max,
      FieldConfigProperty.Thresholds,
      FieldConfigProperty.Color,
    ],
  })
  .setPanelOptions(addOptions)
  .setMigrationHandler(migrate)
  .setSuggestionsSupplier(suggest);
