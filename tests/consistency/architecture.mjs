// architecture.mjs - the list of files in docs/architecture.md: one line per module, made from the
// heads of the files. The check fails when the list is not what the heads say. As a command it
// writes the list: node tests/consistency/architecture.mjs
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { LAYERS, layerOf } from './layers.mjs';
import { stem, Tree } from './tree.mjs';

const DOCUMENT = 'docs/architecture.md';
const BEGIN = '<!-- The list of files: written by `make architecture` from the heads of the files. -->\n';
const END = '<!-- End of the list of files. -->\n';

// The first sentence of the head, `/* NAME - …. */`; undefined without a head of that form.
export function purposeOf(text, name) {
  const head = /^\/\*([^]*?)\*\//.exec(text)?.[1].replace(/^ ?\* ?/gm, ' ').replace(/\s+/g, ' ').trim();
  const [, file, words] = /^(\S+) - (.*)$/.exec(head ?? '') ?? [];
  if (file !== path.basename(name)) return undefined;
  return /^(.*?)(?:\.(?= |$)|$)/.exec(words)[1].replaceAll('|', '\\|');
}

// One entry per module, in the order of the layers: its name, `name.[ch]` for a pair, and the file
// whose head speaks for it: the header, if there is one.
function modulesOf(tree) {
  const names = ['fcgi', 'daemons', 'bin/aws', 'bin/pools', 'common']
    .flatMap((folder) => tree.files(folder))
    .filter((name) => /\.[ch]$/.test(name));
  const modules = new Map();
  for (const name of names) {
    const key = path.join(path.dirname(name), stem(name));
    modules.set(key, [...(modules.get(key) ?? []), name]);
  }
  return [...modules]
    .map(([key, files]) => ({
      layer: layerOf(files[0]),
      name: files.length > 1 ? `${key}.[ch]` : files[0],
      file: files.find((name) => name.endsWith('.h')) ?? files[0],
    }))
    .sort((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer) || (a.name < b.name ? -1 : 1));
}

function listOf(tree) {
  const lines = [];
  let layer;
  for (const module of modulesOf(tree)) {
    if (module.layer !== layer) {
      layer = module.layer;
      lines.push('', `### ${layer}`, '| file | purpose |', '|---|---|');
    }
    const purpose = purposeOf(tree.read(module.file), module.file) ?? '?';
    lines.push(`| \`${module.name}\` | ${purpose} |`);
  }
  return `${lines.join('\n').trim()}\n\n`;
}

// The document with the list as it should be; undefined without a place for it.
function documentOf(tree) {
  const text = tree.read(DOCUMENT);
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) return undefined;
  return `${text.slice(0, from)}${BEGIN}\n${listOf(tree)}${text.slice(to)}`;
}

export default function architecture(tree, check) {
  for (const { file } of modulesOf(tree))
    check(
      purposeOf(tree.read(file), file),
      `${file} does not begin with its purpose; write: /* ${path.basename(file)} - … */`,
    );
  const document = documentOf(tree);
  check(document, `${DOCUMENT} has no place for the list of files; write: ${BEGIN}${END}`.trim());
  check(
    !document || document === tree.read(DOCUMENT),
    `${DOCUMENT} lists other files, or other purposes, than the heads say; run: make architecture`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  fs.writeFileSync(path.join(root, DOCUMENT), documentOf(new Tree(root)));
}
