import {
  FieldType,
  type FieldNamePickerConfigSettings,
  type PanelOptionsEditorBuilder,
  type SelectableValue,
} from '@grafana/data';
import type { FilterWay } from '../../shared/actions/filtering';
import { t } from '../../shared/texts';
import { defaults, type Align, type NodeOrder, type PinchKind, type SankeyOptions } from './options';

type Builder = PanelOptionsEditorBuilder<SankeyOptions>;

/** Fills the options' pane. */
export function addOptions(builder: Builder): void {
  addFields(builder);
  addPipes(builder);
  addArrangement(builder);
  addActions(builder);
}

function addFields(builder: Builder): void {
  const category = [t('sankey.options.fields', 'Fields')];
  const field = (path: 'source' | 'target' | 'value' | 'color', name: string, type: FieldType) =>
    builder.addFieldNamePicker({
      path,
      name,
      category,
      defaultValue: '',
      settings: fieldsOf(type),
    });
  field('source', t('sankey.options.source', 'Source'), FieldType.string);
  field('target', t('sankey.options.target', 'Target'), FieldType.string);
  field('value', t('sankey.options.value', 'Width'), FieldType.number);
  field('color', t('sankey.options.color', 'Colour'), FieldType.number);
}

/** Fields of a type to choose from; where none is chosen, the panel finds its own. */
function fieldsOf(type: FieldType): FieldNamePickerConfigSettings {
  return {
    filter: (field) => field.type === type,
    placeholderText: t('sankey.options.usual', 'By its usual name'),
  };
}

function addPipes(builder: Builder): void {
  const category = [t('sankey.options.pipes', 'Pinched pipes')];
  const kinds: Array<SelectableValue<PinchKind>> = [
    { value: 'through', label: t('sankey.options.through', 'Share that got through') },
    { value: 'lost', label: t('sankey.options.lost', 'Share that did not') },
    { value: 'more', label: t('sankey.options.more', 'More is worse') },
  ];
  const showIf = ({ pinched }: SankeyOptions) => pinched;
  builder
    .addBooleanSwitch({
      path: 'pinched',
      name: t('sankey.options.pinched', 'Pinch pipes'),
      description: t('sankey.options.pinched-text', 'What got through is drawn inside what was tried'),
      category,
      defaultValue: defaults.pinched,
    })
    .addSelect({
      path: 'pinchKind',
      name: t('sankey.options.pinch-kind', 'Pinched by'),
      category,
      defaultValue: defaults.pinchKind,
      settings: { options: kinds },
      showIf,
    })
    .addFieldNamePicker({
      path: 'pinch',
      name: t('sankey.options.pinch', 'Field'),
      description: t('sankey.options.pinch-text', 'Where more is worse, the maximum of the field closes the pipe'),
      category,
      defaultValue: defaults.pinch,
      settings: fieldsOf(FieldType.number),
      showIf,
    });
}

function addArrangement(builder: Builder): void {
  const category = [t('sankey.options.arrangement', 'Arrangement')];
  const aligns: Array<SelectableValue<Align>> = [
    { value: 'justify', label: t('sankey.options.justify', 'Both sides') },
    { value: 'left', label: t('sankey.options.left', 'Left') },
    { value: 'right', label: t('sankey.options.right', 'Right') },
    { value: 'center', label: t('sankey.options.center', 'Centre') },
  ];
  const orders: Array<SelectableValue<NodeOrder>> = [
    { value: 'balanced', label: t('sankey.options.balanced', 'Fewest crossings') },
    { value: 'value', label: t('sankey.options.largest', 'Largest first') },
    { value: 'name', label: t('sankey.options.by-name', 'By name') },
    { value: 'data', label: t('sankey.options.as-data', 'As in the data') },
  ];
  builder
    .addRadio({
      path: 'align',
      name: t('sankey.options.align', 'Alignment'),
      category,
      defaultValue: defaults.align,
      settings: { options: aligns },
    })
    .addSelect({
      path: 'order',
      name: t('sankey.options.order', 'Order of nodes'),
      category,
      defaultValue: defaults.order,
      settings: { options: orders },
    })
    .addNumberInput({
      path: 'limit',
      name: t('sankey.options.limit', 'Nodes a level'),
      description: t('sankey.options.limit-text', 'The largest stand for themselves, the rest is put together; 0: all'),
      category,
      defaultValue: defaults.limit,
      settings: { min: 0, integer: true },
    })
    .addSliderInput({
      path: 'nodeWidth',
      name: t('sankey.options.node-width', 'Width of a node'),
      category,
      defaultValue: defaults.nodeWidth,
      settings: { min: 4, max: 40, step: 1 },
    })
    .addSliderInput({
      path: 'spacing',
      name: t('sankey.options.spacing', 'Space between nodes'),
      category,
      defaultValue: defaults.spacing,
      settings: { min: 16, max: 60, step: 1 },
    })
    .addSliderInput({
      path: 'minWidth',
      name: t('sankey.options.min-width', 'Least width of a link'),
      category,
      defaultValue: defaults.minWidth,
      settings: { min: 0.5, max: 8, step: 0.5 },
    })
    .addBooleanSwitch({
      path: 'showValues',
      name: t('sankey.options.show-values', 'Values beside names'),
      category,
      defaultValue: defaults.showValues,
    })
    .addBooleanSwitch({
      path: 'showLegend',
      name: t('sankey.options.show-legend', 'Legend'),
      category,
      defaultValue: defaults.showLegend,
    });
}

function addActions(builder: Builder): void {
  const clicks: Array<SelectableValue<FilterWay>> = [
    { value: 'auto', label: t('sankey.options.auto', 'Filter') },
    { value: 'adhoc', label: t('sankey.options.adhoc', 'Ad-hoc filters') },
    { value: 'variable', label: t('sankey.options.variable', 'Variables') },
    { value: 'none', label: t('sankey.options.none', 'Data links only') },
  ];
  builder.addRadio({
    path: 'click',
    name: t('sankey.options.click', 'A click sets'),
    category: [t('sankey.options.actions', 'Actions')],
    defaultValue: defaults.click,
    settings: { options: clicks },
  });
}
