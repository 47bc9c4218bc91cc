import type { SelectableValue } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Combobox, Field, Input, MultiCombobox, RadioButtonGroup, type ComboboxOption } from '@grafana/ui';
import React, { useId, useState, type ReactNode } from 'react';
import type { Model, WatchtowerQuery } from '../types';
import { MOST_WIDTH, widthFor, withSaved } from './options';

/** Parts of a query that are different now; one that is undefined is taken out. */
export type Changes = { [Name in keyof WatchtowerQuery]?: WatchtowerQuery[Name] | undefined };

/** What every part of the editor is given. `change` takes what is different and asks anew. */
export interface PartProps {
  query: WatchtowerQuery;
  model: Model;
  change: (changes: Changes) => void;
}

interface LabelledProps {
  label: string;
  description?: string | undefined;
  error?: string | undefined;
  children: (id: string) => ReactNode;
}

/** A field whose label, description and error belong to its input, for screen readers too. */
export function Labelled({ label, description, error, children }: LabelledProps) {
  const id = useId();
  return (
    <Field label={label} htmlFor={id} description={description} error={error} invalid={error !== undefined} noMargin>
      <>{children(id)}</>
    </Field>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  options: Array<SelectableValue<T>>;
  value: T;
  onChange: (value: T) => void;
}

/** One of a few choices, all of them in sight. */
export function ChoiceField<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <Field label={label} noMargin>
      <RadioButtonGroup<T> options={options} value={value} onChange={onChange} />
    </Field>
  );
}

interface NamesProps {
  label: string;
  description?: string;
  error?: string | undefined;
  placeholder?: string;
  options: Array<ComboboxOption<string>>;
  value: readonly string[] | undefined;
  onChange: (names: string[]) => void;
}

/** Several names out of a list, in the order in which they were chosen; a dashboard variable may be typed. */
export function NamesField({ label, description, error, placeholder, options, value, onChange }: NamesProps) {
  return (
    <Labelled label={label} description={description} error={error}>
      {(id) => (
        <MultiCombobox
          id={id}
          width="auto"
          minWidth={widthFor(value ?? [])}
          maxWidth={MOST_WIDTH}
          options={withSaved(options, value)}
          value={[...(value ?? [])]}
          placeholder={placeholder ?? t('editor.choose', 'Choose')}
          createCustomValue
          onChange={(chosen) => onChange(chosen.map((option) => option.value))}
        />
      )}
    </Labelled>
  );
}

interface NameProps {
  label: string;
  error?: string | undefined;
  placeholder?: string;
  options: Array<ComboboxOption<string>>;
  value: string | undefined;
  onChange: (name: string | undefined) => void;
}

/** One name out of a list, or none. */
export function NameField({ label, error, placeholder, options, value, onChange }: NameProps) {
  return (
    <Labelled label={label} error={error}>
      {(id) => (
        <Combobox
          id={id}
          width="auto"
          minWidth={20}
          options={withSaved(options, value === undefined ? [] : [value])}
          value={value ?? null}
          placeholder={placeholder ?? t('editor.choose', 'Choose')}
          isClearable
          onChange={(option) => onChange(option?.value)}
        />
      )}
    </Labelled>
  );
}

interface TextProps {
  label: string;
  placeholder?: string;
  /** Of the input, in Grafana's grid units. */
  width?: number;
  value: string | undefined;
  /** What is wrong with a text; undefined where nothing is. A wrong one never becomes the value. */
  mistakeIn?: (text: string) => string | undefined;
  onChange: (text: string | undefined) => void;
}

/** A text that counts when the person leaves the field or presses Enter. */
export function TextField({ label, placeholder, width = 40, value = '', mistakeIn, onChange }: TextProps) {
  const [known, setKnown] = useState(value);
  const [text, setText] = useState(value);
  // A value that was changed from outside, such as by a preset, takes the place of what was typed.
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  const mistake = mistakeIn?.(text);
  const commit = () => {
    if (text !== value && mistake === undefined) {
      onChange(text === '' ? undefined : text);
    }
  };
  return (
    <Labelled label={label} error={mistake}>
      {(id) => (
        <Input
          id={id}
          width={width}
          value={text}
          placeholder={placeholder}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={(event) => event.key === 'Enter' && commit()}
        />
      )}
    </Labelled>
  );
}

/** The most rows, series or values; empty leaves it to the API. */
export function LimitField({ query, change }: PartProps) {
  return (
    <TextField
      label={t('editor.limit.label', 'Limit')}
      placeholder={t('editor.limit.placeholder', 'automatic')}
      width={14}
      value={query.limit?.toString()}
      mistakeIn={(text) =>
        /^\s*([1-9]\d{0,8}\s*)?$/.test(text) ? undefined : t('editor.limit.mistake', 'A whole number from 1 on')
      }
      onChange={(text) => change({ limit: text?.trim() ? Number(text) : undefined })}
    />
  );
}
