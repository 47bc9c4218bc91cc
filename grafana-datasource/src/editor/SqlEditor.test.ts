import { model } from '../testing/grafana';
import { suggestionsOf } from './SqlEditor';

// Without it a person would have to know the tables by heart.
test('tables, columns, macros and functions are completed, each with what it means', () => {
  const suggestions = suggestionsOf(model);
  const labelled = (label: string) => suggestions.filter((each) => each.label === label);
  for (const table of model.sql.tables) {
    expect(labelled(table.name)).toEqual([expect.objectContaining({ documentation: table.description })]);
    for (const { name } of table.columns) {
      expect(labelled(name).map(({ detail }) => typeof detail)).toContain('string');
    }
  }
  for (const { name } of model.sql.macros) {
    expect(labelled(name)).toHaveLength(1);
  }
  for (const name of [...model.sql.functions, ...model.sql.aggregates]) {
    expect(labelled(name).map(({ insertText }) => insertText)).toContain(`${name}(`);
  }
});
