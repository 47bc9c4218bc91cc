import {
  FieldType,
  type FieldNamePickerConfigSettings,
  type PanelOptionsEditorBuilder,
  type SelectableValue,
} from '@grafana/data';
import { t } from '../../shared/texts';
import type { FilterWay } from '../../shared/actions/filtering';
import { defaults, type LaneOrder, type Mode, type TimelineOptions } from './options';

type Builder = PanelOptionsEditorBuilder<TimelineOptions>;

/** Fills the options' pane. */
export function addOptions(builder: Builder): void {
  addFields(builder);
  addLanes(builder);
  addActions(builder);
}

function addFields(builder: Builder): void {
  const category = [t('timeline.options.fields', 'Fields')];
  const field = (
    path: 'lane' | 'start' | 'end' | 'label' | 'color',
    name: string,
    placeholder: string,
    isTime: boolean
  ) => builder.addFieldNamePicker({ path, name, category, defaultValue: '', settings: fieldsOf(isTime, placeholder) });
  const modes: Array<SelectableValue<Mode>> = [
    { value: 'auto', label: t('timeline.options.mode-auto', 'As the data') },
    { value: 'spans', label: t('timeline.options.mode-spans', 'What lasted') },
    { value: 'message', label: t('timeline.options.mode-message', 'Life of a message') },
  ];
  builder.addRadio({
    path: 'mode',
    name: t('timeline.options.mode', 'Shows'),
    category,
    defaultValue: defaults.mode,
    settings: { options: modes },
  });
  const usual = t('timeline.options.usual', 'By its usual name');
  field('lane', t('timeline.options.lane', 'Lanes'), t('timeline.options.about', 'What each bar is about'), false);
  field('label', t('timeline.options.label', 'Text in bars'), usual, false);
  field('color', t('timeline.options.color', 'Colour'), usual, false);
  field('start', t('timeline.options.start', 'Start'), usual, true);
  field('end', t('timeline.options.end', 'End'), usual, true);
}

function fieldsOf(isTime: boolean, placeholderText: string): FieldNamePickerConfigSettings {
  return { filter: ({ type }) => (type === FieldType.time) === isTime, placeholderText };
}

function addLanes(builder: Builder): void {
  const category = [t('timeline.options.arrangement', 'Arrangement')];
  const orders: Array<SelectableValue<LaneOrder>> = [
    { value: 'newest', label: t('timeline.options.newest', 'Newest first') },
    { value: 'oldest', label: t('timeline.options.oldest', 'Oldest first') },
    { value: 'most', label: t('timeline.options.most', 'Most bars first') },
    { value: 'name', label: t('timeline.options.by-name', 'By name') },
  ];
  builder
    .addSelect({
      path: 'order',
      name: t('timeline.options.order', 'Order of lanes'),
      category,
      defaultValue: defaults.order,
      settings: { options: orders },
    })
    .addSliderInput({
      path: 'rowHeight',
      name: t('timeline.options.row-height', 'Height of a row'),
      category,
      defaultValue: defaults.rowHeight,
      settings: { min: 14, max: 48, step: 1 },
    })
    .addBooleanSwitch({
      path: 'showLabels',
      name: t('timeline.options.show-labels', 'Text in bars'),
      category,
      defaultValue: defaults.showLabels,
    })
    .addBooleanSwitch({
      path: 'showLegend',
      name: t('timeline.options.show-legend', 'Legend'),
      category,
      defaultValue: defaults.showLegend,
    });
}

function addActions(builder: Builder): void {
  const clicks: Array<SelectableValue<FilterWay>> = [
    { value: 'auto', label: t('timeline.options.auto', 'Filter') },
    { value: 'adhoc', label: t('timeline.options.adhoc', 'Ad-hoc filters') },
    { value: 'variable', label: t('timeline.options.variable', 'Variables') },
    { value: 'none', label: t('timeline.options.none', 'Data links only') },
  ];
  builder.addRadio({
    path: 'click',
    name: t('timeline.options.click', 'A filter sets'),
    category: [t('timeline.options.actions', 'Actions')],
    defaultValue: defaults.click,
    settings: { options: clicks },
  });
}
