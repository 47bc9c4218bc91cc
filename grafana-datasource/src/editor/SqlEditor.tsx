import { t } from '@grafana/i18n';
import { CodeEditor, CodeEditorSuggestionItemKind, type CodeEditorSuggestionItem } from '@grafana/ui';
import React, { useMemo } from 'react';
import type { Model } from '../types';
import { Labelled, type PartProps } from './parts';

/** SQL of people's own, with the names of tables, columns, macros and functions completed. */
export function SqlEditor({ query, model, change }: PartProps) {
  const suggestions = useMemo(() => suggestionsOf(model), [model]);
  return (
    <Labelled
      label={t('editor.sql.label', 'SQL')}
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
          onBlur={(sql) => sql !== query.sql && change({ sql })}
          onSave={(sql) => change({ sql })}
          getSuggestions={() => suggestions}
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
      label: tableName(name),
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

function tableName(name: string): string {
  return name.includes('.') ? name : `watchtower.${name}`;
}
