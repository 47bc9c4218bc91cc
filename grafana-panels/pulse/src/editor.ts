import {
  FieldType,
  type FieldNamePickerConfigSettings,
  type PanelOptionsEditorBuilder,
  type SelectableValue,
} from '@grafana/data';
import type { FilterWay } from '../../shared/actions/filtering';
import { t } from '../../shared/texts';
import { defaults, type BadEnd, type CellOrder, type PulseOptions } from './options';

type Builder = PanelOptionsEditorBuilder<PulseOptions>;

/** Fills the options' pane. */
export function addOptions(builder: Builder): void {
  addFields(builder);
  addBoard(builder);
  addJudgement(builder);
  addActions(builder);
}

function addFields(builder: Builder): void {
  const category = [t('pulse.options.fields', 'Fields')];
  const field = (
    path: 'name' | 'group' | 'state' | 'volume' | 'deferral' | 'latency',
    name: string,
    type: FieldType.string | FieldType.number
  ) => builder.addFieldNamePicker({ path, name, category, defaultValue: '', settings: fieldsOf(type) });
  field('name', t('pulse.options.name', 'Name'), FieldType.string);
  field('group', t('pulse.options.group', 'Group'), FieldType.string);
  field('state', t('pulse.options.state', 'State'), FieldType.number);
  field('volume', t('pulse.options.volume', 'Volume'), FieldType.number);
  field('deferral', t('pulse.options.deferral', 'Deferral'), FieldType.number);
  field('latency', t('pulse.options.latency', 'Latency'), FieldType.number);
}

/** Fields of a type to choose from; where none is chosen, the panel finds its own. */
function fieldsOf(type: FieldType): FieldNamePickerConfigSettings {
  return {
    filter: (field) => field.type === type,
    placeholderText: t('pulse.options.usual', 'By its usual name'),
  };
}

function addBoard(builder: Builder): void {
  const category = [t('pulse.options.board', 'Board')];
  const orders: Array<SelectableValue<CellOrder>> = [
    { value: 'worst', label: t('pulse.options.worst', 'Worst first') },
    { value: 'stable', label: t('pulse.options.stable', 'By name') },
  ];
  const sizes: Array<SelectableValue<PulseOptions['size']>> = [
    { value: 'auto', label: t('pulse.options.auto-size', 'As large as fits') },
    { value: 'large', label: t('pulse.options.large', 'Large') },
    { value: 'full', label: t('pulse.options.full', 'Medium') },
    { value: 'compact', label: t('pulse.options.compact', 'Compact') },
    { value: 'small', label: t('pulse.options.small', 'Small: name and state') },
  ];
  builder
    .addRadio({
      path: 'order',
      name: t('pulse.options.order', 'Order'),
      category,
      defaultValue: defaults.order,
      settings: { options: orders },
    })
    .addBooleanSwitch({
      path: 'grouped',
      name: t('pulse.options.grouped', 'Grouped'),
      category,
      defaultValue: defaults.grouped,
    })
    .addSelect({
      path: 'size',
      name: t('pulse.options.size', 'Size of cells'),
      category,
      defaultValue: defaults.size,
      settings: { options: sizes },
    })
    .addBooleanSwitch({
      path: 'showLegend',
      name: t('pulse.options.show-legend', 'Legend'),
      category,
      defaultValue: defaults.showLegend,
    });
}

function addJudgement(builder: Builder): void {
  const category = [t('pulse.options.judgement', 'State')];
  const ends: Array<SelectableValue<BadEnd>> = [
    { value: 'auto', label: t('pulse.options.by-name', 'By the name of the field') },
    { value: 'low', label: t('pulse.options.low', 'Low') },
    { value: 'high', label: t('pulse.options.high', 'High') },
  ];
  builder
    .addRadio({
      path: 'badEnd',
      name: t('pulse.options.bad-end', 'Bad is'),
      category,
      defaultValue: defaults.badEnd,
      settings: { options: ends },
    })
    .addNumberInput({
      path: 'minVolume',
      name: t('pulse.options.min-volume', 'Least volume'),
      description: t('pulse.options.min-volume-text', 'Below it a state says nothing, and the cell has no colour'),
      category,
      defaultValue: defaults.minVolume,
      settings: { min: 0, integer: true },
    })
    .addNumberInput({
      path: 'darkAfter',
      name: t('pulse.options.dark-after', 'Dark after (minutes)'),
      description: t('pulse.options.dark-after-text', 'Without mail for so long, although the others go on'),
      category,
      defaultValue: defaults.darkAfter,
      settings: { min: 1, integer: true },
    });
}

function addActions(builder: Builder): void {
  const clicks: Array<SelectableValue<FilterWay>> = [
    { value: 'auto', label: t('pulse.options.auto', 'Filter') },
    { value: 'adhoc', label: t('pulse.options.adhoc', 'Ad-hoc filters') },
    { value: 'variable', label: t('pulse.options.variable', 'Variables') },
    { value: 'none', label: t('pulse.options.none', 'Data links only') },
  ];
  builder.addRadio({
    path: 'click',
    name: t('pulse.options.click', 'A click sets'),
    category: [t('pulse.options.actions', 'Actions')],
    defaultValue: defaults.click,
    settings: { options: clicks },
  });
}
