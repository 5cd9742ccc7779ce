// report.mjs - the results of bench.mjs as Markdown tables.
import { percent, readable } from './numbers.mjs';

export const AT = 32; // connections for the comparison of routes with their floors
const PSS_KIB_MAX = 3.5 * 1024;
const START_US_MAX = 20_000;
const SPREAD_MAX = 3; // p99 in multiples of p50
const SIZE_MAX = 1.1; // cost of a page of the largest size in multiples of the smallest

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((_, i) => (i === 0 ? '---' : '---:')));
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const floorOf = (result, { floor }) => result.floors.find(({ name }) => name === floor);
export const shareOf = (result, route) =>
  route.at[AT].perSecond / floorOf(result, route).at[AT].perSecond;

// T: the processor time of the trivial program per request.
export const trivialTime = (result) =>
  result.floors.find(({ name }) => name === 'trivial').at[AT].workers;

function speed(result) {
  const rows = [...result.floors, ...result.routes].map(({ name, at, ...more }) => [
    name,
    ...Object.values(at).map(({ perSecond }) => readable(perSecond)),
    readable(at[AT].p50 / 1000),
    readable(at[AT].p99 / 1000),
    ...(more.floor ? [percent(shareOf(result, { at, ...more })), more.floor] : ['', '']),
  ]);
  const numbers = Object.keys(result.routes[0].at);
  return table(
    [
      'requests per second',
      ...numbers.map((n) => `${n} conn.`),
      `p50 at ${AT}, ms`,
      'p99, ms',
      `share at ${AT}`,
      'of',
    ],
    rows,
  );
}

function cost(result) {
  const time = trivialTime(result);
  const rows = [...result.floors, ...result.routes].map(({ name, at, pss, start }) => {
    const { workers, nginx, postgres, dynamodb } = at[AT];
    return [
      name,
      readable(workers),
      workers ? readable(workers / time) : '',
      ...[nginx, postgres, dynamodb].map(readable),
      pss ? readable(pss / 1024) : '',
      start ? readable(start / 1000) : '',
    ];
  });
  return table(
    [
      'µs of processor time per request',
      'workers',
      '÷ T',
      'nginx',
      'PostgreSQL',
      'local DynamoDB',
      'PSS, MiB',
      'start, ms',
    ],
    rows,
  );
}

// The targets, as { what, aim, value, met }. aims: those of each route, by its name.
function targetsOf(result, aims) {
  const time = trivialTime(result);
  const list = [];
  const most = (what, value, limit, show) =>
    list.push({ what, aim: `≤ ${show(limit)}`, value: show(value), met: value <= limit });
  for (const route of result.routes) {
    const { name, at, pss, start, cached } = route;
    const aim = aims[name];
    const { workers, postgres, p50, p99 } = at[AT];
    if (aim.times)
      most(`${name}: time of a worker`, workers / time, aim.times, (v) => `${readable(v)} T`);
    if (aim.postgres)
      most(`${name}: PostgreSQL`, postgres, aim.postgres, (v) => `${readable(v)} µs`);
    if (aim.share) {
      const share = shareOf(result, route);
      list.push({
        what: `${name}: throughput`,
        aim: `≥ ${percent(aim.share)} of ${route.floor}`,
        value: percent(share),
        met: share >= aim.share,
      });
    }
    most(`${name}: p99 ÷ p50 at ${AT}`, p99 / p50, SPREAD_MAX, readable);
    if (cached) continue; // its workers are those of the route without cache
    most(`${name}: memory of a worker`, pss, PSS_KIB_MAX, (v) => `${readable(v / 1024)} MiB`);
    most(`${name}: start`, start, START_US_MAX, (v) => `${readable(v / 1000)} ms`);
  }
  for (const { name, size, ratio } of sizesOf(result))
    if (ratio.workers !== 1)
      most(`${name}, ${readable(size)}: time of a worker`, ratio.workers, SIZE_MAX, readable);
  return list;
}

// Each size with its cost in multiples of the smallest size of its list.
function sizesOf(result) {
  return result.sizes.map((one) => {
    const smallest = result.sizes.find(({ name }) => name === one.name);
    const ratio = Object.fromEntries(
      ['workers', 'p50'].map((key) => [key, one.cost[key] / smallest.cost[key]]),
    );
    return { ...one, ratio };
  });
}

const sizes = (result) =>
  table(
    [
      'a page of',
      'size',
      'workers, µs',
      '÷ smallest',
      'PostgreSQL, µs',
      'local DynamoDB, µs',
      'p50, ms',
      '÷ smallest',
    ],
    sizesOf(result).map(({ name, size, cost: { workers, postgres, dynamodb, p50 }, ratio }) => [
      name,
      readable(size),
      readable(workers),
      readable(ratio.workers),
      readable(postgres),
      readable(dynamodb),
      readable(p50 / 1000),
      readable(ratio.p50),
    ]),
  );

function machine({ machine: facts, when, rounds, seconds }) {
  return [
    `${when}, ${facts.cores} cores (${facts.cpu}), ${facts.memoryGiB} GiB, Linux ${facts.kernel};`,
    `${Object.entries(facts.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    `Load average at the start ${facts.loadAverage};`,
    `each figure is the median of ${rounds} × ${seconds} s.`,
  ].join('\n');
}

// The measurements, for docs/performance.md.
export function markdown(result) {
  const parts = [machine(result), speed(result), cost(result)];
  if (result.sizes.length) parts.push(sizes(result));
  parts.push(`T is ${readable(trivialTime(result))} µs.`);
  return parts.join('\n\n');
}

// The targets, for the terminal.
export function targets(result, aims) {
  const list = targetsOf(result, aims);
  return [
    `${list.filter(({ met }) => met).length} of ${list.length} targets are met.`,
    table(
      ['target', 'limit', 'measured', 'met'],
      list.map(({ what, aim, value, met }) => [what, aim, value, met ? 'yes' : '**no**']),
    ),
  ].join('\n\n');
}
