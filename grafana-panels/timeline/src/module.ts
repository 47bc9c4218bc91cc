import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { addOptions } from './editor';
import { migrate } from './migration';
import type { TimelineOptions } from './options';
import pluginJson from './plugin.json';
import { suggest } from './suggestions';
import { TimelinePanel } from './view/TimelinePanel';

await initPluginTranslations(pluginJson.id);

/** The plugin as Grafana loads it. */
export const plugin = new PanelPlugin<TimelineOptions>(TimelinePanel)
  .useFieldConfig({ disableStandardOptions: [FieldConfigProperty.NoValue] })
  .setPanelOptions(addOptions)
  .setMigrationHandler(migrate)
  .setSuggestionsSupplier(suggest);
