'use strict';

// Writes the tables of docs/ that the model knows: between "<!-- table: name -->" and "<!-- end of table -->" stands
// what ingester/src/model says. A test fails where a table is not up to date.

const fs = require('node:fs');
const path = require('node:path');
const { SERVICE, build, root } = require('./setup.cjs');

async function main() {
  build(...SERVICE);
  const prettier = require('prettier');
  const { markdownTables } = require('../ingester/dist/model');
  const tables = markdownTables();
  const folder = path.join(root, 'docs');
  for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.md'))) {
    const file = path.join(folder, name);
    const text = fs.readFileSync(file, 'utf8');
    const written = text.replace(
      /(<!-- table: (.+?) -->\n).*?(<!-- end of table -->)/gs,
      (_, begin, table, end) => {
        if (tables[table] === undefined) throw new Error(`${name}: there is no table ${table}`);
        return `${begin}\n${tables[table]}\n\n${end}`;
      },
    );
    const options = await prettier.resolveConfig(file);
    const formatted = await prettier.format(written, { ...options, filepath: file });
    if (formatted !== text) fs.writeFileSync(file, formatted);
  }
}

void main();
