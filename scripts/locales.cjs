'use strict';

// Gathers the English texts of each plugin out of its code, from calls of t('key', 'text'), and writes them into its
// locales folder, where translators and Grafana look for them. A test fails where a file is not up to date.

const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');
const { PLUGINS } = require('./plugin.cjs');
const { root } = require('./setup.cjs');

/** What all panels share stands beside them, and is bundled into each. */
const SHARED = path.join(root, 'grafana-panels/shared');

/** Texts of all sources of a plugin's folder, nested by the parts of their keys, in the order of the alphabet. */
function textsOf(folder) {
  const found = new Map();
  const shared = path.dirname(folder) === path.dirname(SHARED) ? sourcesOf(SHARED) : [];
  for (const file of [...shared, ...sourcesOf(path.join(folder, 'src'))]) {
    const source = ts.createSourceFile(
      file,
      fs.readFileSync(file, 'utf8'),
      ts.ScriptTarget.Latest,
      true,
      ts.ScriptKind.TSX,
    );
    const visit = (node) => {
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 't')
        take(node, found);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  const nested = {};
  for (const [key, text] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) put(nested, key, text);
  return nested;
}

function take(call, found) {
  const [key, text] = call.arguments;
  const place = `${path.basename(call.getSourceFile().fileName)}: ${call.getText().slice(0, 60)}`;
  if (!key || !text || !ts.isStringLiteralLike(key) || !ts.isStringLiteralLike(text))
    throw new Error(`${place}: key and text must be written out, so that they can be gathered`);
  if (found.has(key.text) && found.get(key.text) !== text.text)
    throw new Error(`${place}: the key has two texts`);
  found.set(key.text, text.text);
}

function put(nested, key, text) {
  const parts = key.split('.');
  const last = parts.pop();
  const place = parts.reduce((level, part) => (level[part] ??= {}), nested);
  if (typeof place !== 'object' || place[last] !== undefined)
    throw new Error(`${key} is a text and a group of texts`);
  place[last] = text;
}

function sourcesOf(folder) {
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.startsWith('testing'))
    .sort()
    .map((name) => path.join(folder, name));
}

/** Where a plugin's English texts stand. */
function fileOf(folder) {
  const { id } = JSON.parse(fs.readFileSync(path.join(folder, 'src/plugin.json'), 'utf8'));
  return path.join(folder, 'src/locales/en-US', `${id}.json`);
}

function main() {
  for (const plugin of PLUGINS) {
    const folder = path.join(root, plugin);
    const file = fileOf(folder);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify(textsOf(folder), null, 2)}\n`);
  }
}

module.exports = { textsOf };
if (require.main === module) main();
