import type { PanelOptionsEditorBuilder } from '@grafana/data';
import { t } from '../../shared/texts';
import { defaults, type FilesOptions } from './options';

/** Fills the options' pane. */
export function addOptions(builder: PanelOptionsEditorBuilder<FilesOptions>): void {
  builder
    .addBooleanSwitch({
      path: 'upload',
      name: t('files.options.upload', 'Upload'),
      description: t('files.options.upload-text', 'Editors and Admins may upload logs here'),
      defaultValue: defaults.upload,
    })
    .addBooleanSwitch({
      path: 'change',
      name: t('files.options.change', 'Load again and delete'),
      description: t('files.options.change-text', 'Editors may load a file again, Admins delete it too'),
      defaultValue: defaults.change,
    });
}
