import { DataSourcePlugin } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { ConfigEditor } from './config/ConfigEditor';
import { WatchtowerDatasource } from './datasource';
import { QueryEditor } from './editor/QueryEditor';
import { QueryHelp } from './help/QueryHelp';
import pluginJson from './plugin.json';
import type { WatchtowerOptions, WatchtowerQuery, WatchtowerSecrets } from './types';

await initPluginTranslations(pluginJson.id);

/** The plugin as Grafana loads it. */
export const plugin = new DataSourcePlugin<WatchtowerDatasource, WatchtowerQuery, WatchtowerOptions, WatchtowerSecrets>(
  WatchtowerDatasource
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setQueryEditorHelp(QueryHelp);
