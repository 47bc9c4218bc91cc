import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { markdownTables } from '../model';
import { routes } from './app';
import type { ApiDependencies } from './route';

const FOLDER = path.resolve(__dirname, '../../../docs');
const documents = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(path.join(FOLDER, name), 'utf8') }));

/** A table as the formatter leaves it differs in how wide its columns are, and nothing else. */
const narrow = (markdown: string) => markdown.trim().replace(/ +/g, ' ').replace(/-{3,}/g, '---');

const written = documents.flatMap(({ name, text }) =>
  [...text.matchAll(/<!-- table: (.+?) -->\n(.*?)<!-- end of table -->/gs)].map(
    ([, table = '', markdown = '']) => ({
      name,
      table,
      markdown: narrow(markdown),
    }),
  ),
);

it.each(Object.entries(markdownTables()))(
  'docs hold the table of %s as the model has it (npm run docs)',
  (table, markdown) => {
    const found = written.filter((one) => one.table === table).map((one) => one.markdown);
    expect(found).toEqual([narrow(markdown)]);
  },
);

it('docs/api.md lists every route with the key it needs', () => {
  const text = documents.find(({ name }) => name === 'api.md')?.text ?? '';
  const documented = [...text.matchAll(/^\| `((?:GET|POST|PUT|DELETE) \S+)` +\| (\w*) *\|/gm)].map(
    ([, route, needs]) => [route, needs || 'public'],
  );
  const existing = routes({} as ApiDependencies).map(({ method, path, needs }) => [
    `${method} ${path}`,
    needs,
  ]);
  expect(documented.sort()).toEqual(existing.sort());
});
