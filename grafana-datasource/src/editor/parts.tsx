import { t } from '@grafana/i18n';
import { Combobox, Field, Input, MultiCombobox, type ComboboxOption } from '@grafana/ui';
import React, { useId, useState, type ReactNode } from 'react';
import type { Model, WatchtowerQuery } from '../types';
import { withSaved } from './options';

/** What every part of the editor is given. `change` takes what is different and asks anew. */
export interface PartProps {
  query: WatchtowerQuery;
  model: Model;
  change: (parts: Partial<WatchtowerQuery>) => void;
}

interface LabelledProps {
  label: string;
  description?: string;
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

interface NamesProps {
  label: string;
  description?: string;
  error?: string | undefined;
  options: Array<ComboboxOption<string>>;
  value: readonly string[] | undefined;
  onChange: (names: string[]) => void;
  custom?: boolean;
}

/** Several names out of a list, in the order in which they were chosen. */
export function NamesField({ label, description, error, options, value, onChange, custom }: NamesProps) {
  return (
    <Labelled label={label} {...(description && { description })} error={error}>
      {(id) => (
        <MultiCombobox
          id={id}
          width="auto"
          minWidth={24}
          maxWidth={80}
          options={withSaved(options, value)}
          value={[...(value ?? [])]}
          createCustomValue={custom ?? false}
          onChange={(chosen) => onChange(chosen.map((option) => option.value))}
        />
      )}
    </Labelled>
  );
}

interface NameProps {
  label: string;
  description?: string;
  error?: string | undefined;
  options: Array<ComboboxOption<string>>;
  value: string | undefined;
  onChange: (name: string | undefined) => void;
}

/** One name out of a list, or none. */
export function NameField({ label, description, error, options, value, onChange }: NameProps) {
  return (
    <Labelled label={label} {...(description && { description })} error={error}>
      {(id) => (
        <Combobox
          id={id}
          width="auto"
          minWidth={20}
          options={withSaved(options, value === undefined ? [] : [value])}
          value={value ?? null}
          isClearable
          onChange={(option) => onChange(option?.value)}
        />
      )}
    </Labelled>
  );
}

interface TextProps {
  label: string;
  description?: string;
  error?: string | undefined;
  placeholder?: string;
  value: string | undefined;
  onChange: (text: string | undefined) => void;
}

/** A text that counts when the person leaves the field or presses Enter. */
export function TextField({ label, description, error, placeholder, value = '', onChange }: TextProps) {
  return (
    <Labelled label={label} {...(description && { description })} error={error}>
      {/* The key takes up a value that was changed from outside, such as by a preset. */}
      {(id) => (
        <Draft
          key={value}
          id={id}
          value={value}
          placeholder={placeholder ?? ''}
          onCommit={(text) => onChange(text === '' ? undefined : text)}
        />
      )}
    </Labelled>
  );
}

interface DraftProps {
  id: string;
  value: string;
  placeholder: string;
  onCommit: (text: string) => void;
}

function Draft({ id, value, placeholder, onCommit }: DraftProps) {
  const [text, setText] = useState(value);
  const commit = () => text !== value && onCommit(text);
  return (
    <Input
      id={id}
      width={40}
      value={text}
      placeholder={placeholder}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}

/** The most rows, series or values; empty leaves it to the API. */
export function LimitField({ query, change }: PartProps) {
  return (
    <TextField
      label={t('editor.limit.label', 'Limit')}
      placeholder={t('editor.limit.placeholder', 'automatic')}
      value={query.limit?.toString()}
      onChange={(text) => {
        const limit = text === undefined ? undefined : Number.parseInt(text, 10);
        change({ limit: limit !== undefined && limit > 0 ? limit : undefined } as Partial<WatchtowerQuery>);
      }}
    />
  );
}
