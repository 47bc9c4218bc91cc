import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dimensions, eventColumns, metrics } from '../model';
import { routes } from './app';
import type { ApiDependencies } from './route';

const text = readFileSync(path.resolve(__dirname, '../../../docs/api.md'), 'utf8');

const NAMES = [metrics, dimensions, eventColumns].flatMap((table) => Object.keys(table));

it.each([...new Set(NAMES)])('docs/api.md describes %s', (name) => {
  expect(text).toContain(`\`${name}\``);
});

it('docs/api.md lists every route with the key it needs', () => {
  const documented = [...text.matchAll(/^\| `((?:GET|POST|DELETE) \S+)` +\| (\w*) *\|/gm)].map(
    ([, route, needs]) => [route, needs || 'public'],
  );
  const existing = routes({} as ApiDependencies).map(({ method, path, needs }) => [
    `${method} ${path}`,
    needs,
  ]);
  expect(documented.sort()).toEqual(existing.sort());
});
