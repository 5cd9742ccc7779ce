// plot.mjs - draws the results of bench.mjs: the cost of a request in a worker, and the throughput
// of each route as a share of its floor.
import { AT, shareOf, trivialTime } from './report.mjs';
import { percent, readable } from './numbers.mjs';

const ROW = 26;
const TOP = 58;
const LABELS = 178; // right edge of the route names
const PANEL = 250; // maximum width of a bar
const PANELS = [LABELS + 10, LABELS + 10 + PANEL + 70];
const WIDTH = PANELS[1] + PANEL + 165; // the name of a floor is to the right of its bar

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .note { fill: #57606a; font-size: 12px }
  .route { fill: #1a7f64 } .floor { fill: #8c959f }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note { fill: #9aa4ae }
    .route { fill: #2ea583 } .floor { fill: #6e7681 }
  }`;

const text = (x, y, content, more = '') => `<text x="${x}" y="${y}"${more}>${content}</text>`;

// A bar with its value to the right.
function bar(panel, row, { value, most, label, kind = 'route' }) {
  const x = PANELS[panel];
  const y = TOP + row * ROW;
  const width = Number(((value / most) * PANEL).toFixed(1));
  return [
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${ROW - 9}"/>`,
    text(x + width + 6, y + 13, label),
  ].join('\n');
}

// The first row is the trivial program, the reference of the left panel.
const rowsOf = (result) => [
  { name: 'trivial program', workers: trivialTime(result), kind: 'floor' },
  ...result.routes.map((route) => ({
    name: route.name,
    workers: route.cached ? undefined : route.at[AT].workers,
    share: shareOf(result, route),
    floor: route.floor,
  })),
];

export function svg(result) {
  const rows = rowsOf(result);
  const height = TOP + rows.length * ROW + 34;
  const longest = Math.max(...rows.map(({ workers }) => workers ?? 0));
  const largest = Math.max(1, ...rows.map(({ share }) => share ?? 0));
  const parts = [
    text(PANELS[0], 20, 'Processor time of a worker per request, µs'),
    text(PANELS[1], 20, 'Throughput as a share of its floor'),
    text(PANELS[0], 40, `${AT} connections`, ' class="note"'),
  ];
  for (const [i, { name, workers, share, floor, kind }] of rows.entries()) {
    parts.push(text(LABELS, TOP + i * ROW + 13, name, ' text-anchor="end"'));
    if (workers !== undefined)
      parts.push(bar(0, i, { value: workers, most: longest, label: readable(workers), kind }));
    if (share !== undefined) {
      const label = `${percent(share)} <tspan class="note">${floor}</tspan>`;
      parts.push(bar(1, i, { value: share, most: largest, label }));
    }
  }
  const { when, machine } = result;
  parts.push(text(PANELS[0], height - 10, `${when}, ${machine.cores} cores`, ' class="note"'));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Cost and throughput of the hot routes; the same figures are in performance.md">
<style>${STYLE}
</style>
${parts.join('\n')}
</svg>
`;
}
