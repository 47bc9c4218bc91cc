import { t } from '@grafana/i18n';
import { CodeEditor, CodeEditorSuggestionItemKind, type CodeEditorSuggestionItem } from '@grafana/ui';
import React, { useCallback } from 'react';
import type { Model } from '../types';
import { Labelled, type PartProps } from './parts';

/** SQL of people's own, with the names of tables, columns, macros and functions completed. */
export function SqlEditor({ query, model, change }: PartProps) {
  // The code editor takes up suggestions anew whenever this function is another one.
  const getSuggestions = useCallback(() => suggestionsOf(model), [model]);
  const label = t('editor.sql.label', 'SQL');
  return (
    <Labelled
      label={label}
      description={t(
        'editor.sql.description',
        'One SELECT over the documented tables. Ctrl+S or leaving the editor runs it.'
      )}
    >
      {() => (
        <CodeEditor
          language="sql"
          height={180}
          value={query.sql ?? ''}
          showMiniMap={false}
          showLineNumbers
          monacoOptions={{ ariaLabel: label }}
          onBlur={(sql) => sql !== query.sql && change({ sql })}
          onSave={(sql) => change({ sql })}
          getSuggestions={getSuggestions}
        />
      )}
    </Labelled>
  );
}

/** Everything SQL may name, each with what it means. */
export function suggestionsOf({ sql }: Model): CodeEditorSuggestionItem[] {
  const columns = new Map<string, CodeEditorSuggestionItem>();
  for (const table of sql.tables) {
    for (const { name, description, type } of table.columns) {
      columns.set(name, {
        label: name,
        kind: CodeEditorSuggestionItemKind.Field,
        detail: type,
        documentation: description,
      });
    }
  }
  return [
    ...sql.tables.map(({ name, description }) => ({
      label: name,
      kind: CodeEditorSuggestionItemKind.Property,
      documentation: description,
    })),
    ...columns.values(),
    ...sql.macros.map(({ name, description }) => ({
      label: name,
      kind: CodeEditorSuggestionItemKind.Constant,
      documentation: description,
    })),
    ...[...sql.aggregates, ...sql.functions].map((name) => ({
      label: name,
      kind: CodeEditorSuggestionItemKind.Method,
      insertText: `${name}(`,
    })),
  ];
}
