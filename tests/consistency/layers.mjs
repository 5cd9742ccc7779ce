// layers.mjs - the layers of the C code and their includes. The check fails on an include from a higher
// layer and on a cycle of modules. As a command it prints the include graph:
//   node tests/consistency/layers.mjs [ROOT]
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { stem, Tree } from './tree.mjs';

// From top to bottom. The layers of one floor do not include each other.
const FLOORS = [
  ['fcgi', 'daemons', 'bin/aws', 'bin/pools'],
  ['domain'],
  ['web'],
  ['aws'],
  ['identity', 'live'],
  ['db'],
  ['run'],
  ['json', 'net'],
  ['base'],
];
export const LAYERS = FLOORS.flat();
const floorOf = (layer) => FLOORS.findIndex((floor) => floor.includes(layer));

// Headers that the build writes: their layer, and the generator that says what they include.
const GENERATED = {
  'queries.h': { layer: 'db', from: 'sql/embed.awk' },
  'requests.h': { layer: 'aws', from: 'common/aws/requests.awk' },
  'command_requests.h': { layer: 'bin/aws', from: 'common/aws/requests.awk' },
  'operations.h': { layer: 'run' },
  'limit.h': { layer: 'base' },
};

export function layerOf(name) {
  const [, layer] = /^(?:common\/([a-z]+)|(?:fcgi|daemons|bin\/(?:aws|pools)))\//.exec(name) ?? [];
  if (name.startsWith('common/')) return layer;
  return path.dirname(name);
}

// The file that an #include names: beside the source, below common/, or made by the build.
function resolve(tree, source, header) {
  const below = [path.join(path.dirname(source), header), path.join('common', header)];
  const file = below.find((name) => tree.exists(name));
  if (file) return file;
  return path.basename(header) in GENERATED ? path.basename(header) : undefined;
}

// A module is NAME.c and NAME.h, so that a cycle through sources counts too.
const moduleOf = (file) => (GENERATED[file] ? file : path.join(path.dirname(file), stem(file)));

// { sources, edges, strays }: edges are includes, { from, line, to, upper, lower }; strays are sources
// outside all layers.
export function graphOf(tree) {
  const sources = ['common', 'fcgi', 'daemons', 'bin/aws', 'bin/pools']
    .flatMap((folder) => tree.files(folder))
    .filter((name) => /\.[ch]$/.test(name));
  const strays = sources.filter((name) => !LAYERS.includes(layerOf(name)));
  const edges = [];
  const add = (from, layer, text, pattern) => {
    for (const match of text.matchAll(pattern)) {
      const to = resolve(tree, from, match[1]);
      if (!to) continue;
      const lower = GENERATED[to]?.layer ?? layerOf(to);
      edges.push({ from, line: Tree.line(text, match.index), to, upper: layer, lower });
    }
  };
  for (const name of sources)
    if (!strays.includes(name))
      add(name, layerOf(name), tree.read(name), /^[ \t]*#[ \t]*include[ \t]+"([^"]+)"/gm);
  for (const [name, { layer, from }] of Object.entries(GENERATED))
    if (from)
      for (const [, header] of tree.read(from).matchAll(/#include \\?"([^"\\]+)\\?"/g)) {
        const to = resolve(tree, `common/${name}`, header);
        if (to && to !== name)
          edges.push({ from: name, line: 0, to, upper: layer, lower: layerOf(to) });
      }
  return { sources, edges, strays };
}

// Includes from a higher layer, or from the other layer of the same floor.
export const upward = ({ edges }) =>
  edges.filter(({ upper, lower }) => upper !== lower && floorOf(lower) <= floorOf(upper));

// The cycles: the modules of each, and the includes between them (strongly connected components,
// Tarjan's algorithm).
export function cycles({ edges }) {
  const links = new Map();
  for (const { from, to } of edges) {
    const [a, b] = [moduleOf(from), moduleOf(to)];
    if (!links.has(a)) links.set(a, new Set());
    if (a !== b) links.get(a).add(b);
  }
  const found = [];
  const order = new Map();
  const low = new Map();
  const stack = [];
  const visit = (name) => {
    order.set(name, order.size);
    low.set(name, order.get(name));
    stack.push(name);
    for (const next of links.get(name) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(name, Math.min(low.get(name), low.get(next)));
    }
    if (low.get(name) !== order.get(name)) return;
    const members = stack.splice(stack.indexOf(name));
    if (members.length > 1) found.push(members.sort());
  };
  for (const name of [...links.keys()].sort()) if (!order.has(name)) visit(name);
  return found
    .sort((a, b) => a[0].localeCompare(b[0]))
    .map((members) => ({
      members,
      edges: edges.filter(
        ({ from, to }) =>
          moduleOf(from) !== moduleOf(to) &&
          members.includes(moduleOf(from)) &&
          members.includes(moduleOf(to)),
      ),
    }));
}

const sentence = ({ from, line, to }) => `${from}${line ? `:${line}` : ''} includes ${to}`;

export default function layers(tree, check) {
  const graph = graphOf(tree);
  check(graph.edges.length > 0, 'no #include is found in common/, fcgi/, daemons/, bin/aws/ and bin/pools/');
  for (const name of graph.sources)
    check(
      !graph.strays.includes(name),
      `${name} is in no layer; move it to one of common/{${LAYERS.slice(4).join(',')}}/`,
    );
  for (const edge of graph.edges) {
    const { upper, lower } = edge;
    const wrong = upper !== lower && floorOf(lower) <= floorOf(upper);
    const where = floorOf(lower) === floorOf(upper) ? 'beside' : 'above';
    check(!wrong, `${sentence(edge)}, but ${lower} is ${where} ${upper}`);
  }
  const found = cycles(graph);
  for (const { members, edges } of found)
    check(
      false,
      `${members.map(stem).join(', ')} include each other: ${edges.map(sentence).join('; ')}`,
    );
}

// The graph as text: layers, edges between layers, upward includes, cycles.
export function print(tree, write) {
  const graph = graphOf(tree);
  const lines = (name) => tree.read(name).split('\n').length - 1;
  write(`${'layer'.padEnd(10)}${'files'.padStart(6)}${'lines'.padStart(8)}  includes from`);
  for (const layer of LAYERS) {
    const files = graph.sources.filter((name) => layerOf(name) === layer);
    const counts = LAYERS.map((lower) => [
      lower,
      graph.edges.filter((edge) => edge.upper === layer && edge.lower === lower && lower !== layer)
        .length,
    ]).filter(([, count]) => count > 0);
    const sum = files.reduce((before, name) => before + lines(name), 0);
    write(
      `${layer.padEnd(10)}${String(files.length).padStart(6)}${String(sum).padStart(8)}  ` +
        counts.map(([lower, count]) => `${lower} ${count}`).join(', '),
    );
  }
  const between = new Set(
    graph.edges.filter(({ upper, lower }) => upper !== lower).map((e) => `${e.upper} ${e.lower}`),
  );
  const wrong = upward(graph);
  const found = cycles(graph);
  const total = graph.edges.length;
  write(`\n${graph.sources.length} files, ${total} includes, ${between.size} edges between layers`);
  write(`upward includes: ${wrong.length}`);
  for (const edge of wrong) write(`  ${sentence(edge)} (${edge.upper} → ${edge.lower})`);
  write(`include cycles: ${found.length}`);
  for (const { members, edges } of found) {
    write(`  ${members.join(', ')}`);
    for (const edge of edges) write(`    ${sentence(edge)}`);
  }
  if (graph.strays.length > 0) write(`in no layer: ${graph.strays.join(', ')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? fileURLToPath(new URL('../../', import.meta.url));
  print(new Tree(root), console.log);
}
