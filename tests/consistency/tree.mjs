// tree.mjs - the files of a checkout, as the checks of tests/consistency read them.
import fs from 'node:fs';
import path from 'node:path';

const SKIPPED = new Set(['node_modules', '.git', 'build', 'dist', 'corpus']);

// Comments of C and JavaScript.
export const withoutComments = (text) =>
  text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
// Comments of SQL, shell, awk and the like.
export const withoutHashes = (text) => text.replace(/^\s*(#|--).*$/gm, '');
export const stem = (name) => path.basename(name).replace(/\.[^.]*$/, '');

export class Tree {
  constructor(root) {
    this.root = root;
    this.texts = new Map();
  }

  path(name) {
    return path.join(this.root, name);
  }

  exists(name) {
    return fs.existsSync(this.path(name));
  }

  // The text of a file; '' when it does not exist.
  read(name) {
    if (!this.texts.has(name))
      this.texts.set(name, this.exists(name) ? fs.readFileSync(this.path(name), 'utf8') : '');
    return this.texts.get(name);
  }

  textOf(names) {
    return names.map((name) => this.read(name)).join('\n');
  }

  // The files below a folder whose names end so, as sorted paths from the root.
  files(folder = '', end = '') {
    const found = [];
    const walk = (name) => {
      if (!this.exists(name)) return;
      for (const entry of fs.readdirSync(this.path(name), { withFileTypes: true })) {
        const below = path.join(name, entry.name);
        if (entry.isDirectory() && !SKIPPED.has(entry.name)) walk(below);
        if (entry.isFile() && entry.name.endsWith(end)) found.push(below);
      }
    };
    walk(folder);
    return found.sort();
  }

  // The one file of common/ with this name, whatever its layer.
  common(name) {
    return this.files('common').find((file) => path.basename(file) === name) ?? `common/${name}`;
  }

  // The number of the line that holds the offset.
  static line(text, offset) {
    return text.slice(0, offset).split('\n').length;
  }
}
