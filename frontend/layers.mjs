// layers.mjs - the layers of src/: each folder belongs to one, the highest is first. A file imports
// only from its own folder and from lower layers, and no files import each other in a cycle.
// `node layers.mjs` prints the layers and every import that breaks this; layers.test.mjs is the check.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const LAYERS = [
  ['app'], // the paths of the pages, and the frame around them
  ['auth', 'messages', 'pages'], // pages; these folders do not import each other
  ['components'], // what several pages show
  ['live'], // what the server tells without being asked, and the conversations that it changes
  ['outbox'], // what a person wrote and the server does not have yet
  ['api'], // requests to the API, and the cache of its answers
  ['session'], // who is signed in, and what the device keeps for them
  ['base', 'styles'], // texts, times and limits; style sheets
  ['locales'], // the texts in each language
];

const SRC = fileURLToPath(new URL('src', import.meta.url));

// Static imports, re-exports, import() and import types: [{ specifier, line }].
function importsOf(file, text) {
  if (file.endsWith('.css')) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const imports = [];
  const visit = (node) => {
    const specifier =
      node.moduleSpecifier ??
      (ts.isImportTypeNode(node) ? node.argument.literal : undefined) ??
      (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : undefined);
    if (specifier && ts.isStringLiteralLike(specifier)) {
      const { line } = source.getLineAndCharacterOfPosition(specifier.getStart(source));
      imports.push({ specifier: specifier.text, line: line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

// The imports between files: { 'api/http.ts': [{ to: 'session/config.ts', line: 2 }, …], … }.
export function graphOf(files) {
  const resolve = (from, specifier) => {
    const to = path.posix.join(path.posix.dirname(from), specifier);
    return [to, `${to}.ts`, `${to}.tsx`].find((name) => name in files);
  };
  return Object.fromEntries(
    Object.entries(files).map(([from, text]) => [
      from,
      importsOf(from, text)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier, line }) => ({ to: resolve(from, specifier), line }))
        .filter(({ to }) => to !== undefined),
    ]),
  );
}

const folderOf = (file) => file.split('/', 1)[0];
const layerOf = (file, layers) => layers.findIndex((folders) => folders.includes(folderOf(file)));

function wrongDirections(graph, layers) {
  const problems = [];
  for (const [from, imports] of Object.entries(graph)) {
    const layer = layerOf(from, layers);
    if (layer < 0) problems.push(`${from}: no layer has this folder`);
    for (const { to, line } of imports) {
      if (folderOf(from) === folderOf(to) || layer < layerOf(to, layers)) continue;
      const direction = layer === layerOf(to, layers) ? 'sideways' : 'upwards';
      problems.push(`${from}:${line} imports ${direction}: ${to}`);
    }
  }
  return problems;
}

function cycles(graph) {
  const problems = [];
  const done = new Set();
  const visit = (file, trail) => {
    const start = trail.indexOf(file);
    if (start >= 0) problems.push(`cycle: ${[...trail.slice(start), file].join(' -> ')}`);
    if (start >= 0 || done.has(file)) return;
    for (const { to } of graph[file] ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of Object.keys(graph)) visit(file, []);
  return problems;
}

export const problemsOf = (graph, layers = LAYERS) => [
  ...wrongDirections(graph, layers),
  ...cycles(graph),
];

export function readFiles(folder = SRC) {
  const names = fs
    .readdirSync(folder, { recursive: true })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => /\.(tsx?|css)$/.test(name));
  return Object.fromEntries(
    names.sort().map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const graph = graphOf(readFiles());
  const problems = problemsOf(graph);
  for (const [layer, folders] of LAYERS.entries())
    for (const folder of folders) {
      const files = Object.keys(graph).filter((file) => folderOf(file) === folder);
      const targets = new Set(files.flatMap((file) => graph[file].map(({ to }) => folderOf(to))));
      targets.delete(folder);
      const imported = [...targets].sort().join(', ') || 'nothing';
      console.log(`${layer + 1} ${folder.padEnd(11)} ${files.length} files; imports ${imported}`);
    }
  for (const problem of problems) console.log(problem);
  const count = Object.values(graph).flat().length;
  console.log(`${Object.keys(graph).length} files, ${count} imports, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
