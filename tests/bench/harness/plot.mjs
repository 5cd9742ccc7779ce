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
  .met { fill: #1a7f64 } .missed { fill: #c4581a } .floor { fill: #8c959f }
  .aim { stroke: #24292f; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note { fill: #9aa4ae }
    .met { fill: #2ea583 } .missed { fill: #e0763a } .floor { fill: #6e7681 }
    .aim { stroke: #e6edf3 }
  }`;

const text = (x, y, content, more = '') => `<text x="${x}" y="${y}"${more}>${content}</text>`;

// A bar with its value to the right and, if there is one, a line at its target.
function bar(panel, row, { value, most, label, kind, aim }) {
  const x = PANELS[panel];
  const y = TOP + row * ROW;
  const scale = (v) => Number(((v / most) * PANEL).toFixed(1));
  const end = Math.max(scale(value), scale(aim ?? 0));
  const parts = [
    `<rect class="${kind}" x="${x}" y="${y}" width="${scale(value)}" height="${ROW - 9}"/>`,
    text(x + end + 6, y + 13, label),
  ];
  if (aim !== undefined) {
    const at = x + scale(aim);
    parts.push(`<line class="aim" x1="${at}" y1="${y - 3}" x2="${at}" y2="${y + ROW - 6}"/>`);
  }
  return parts.join('\n');
}

// The first row is the trivial program, the reference of the left panel.
function rowsOf(result) {
  const time = trivialTime(result);
  const first = { name: 'trivial program', workers: time };
  return [
    first,
    ...result.routes.map((route) => ({
      name: route.name,
      workers: route.cached ? undefined : route.at[AT].workers,
      most: route.aim.times && route.aim.times * time,
      share: shareOf(result, route),
      floor: route.floor,
      least: route.aim.share,
    })),
  ];
}

export function svg(result) {
  const rows = rowsOf(result);
  const height = TOP + rows.length * ROW + 34;
  const longest = Math.max(...rows.flatMap(({ workers, most }) => [workers ?? 0, most ?? 0]));
  const largest = Math.max(1, ...rows.map(({ share }) => share ?? 0));
  const parts = [
    text(PANELS[0], 20, 'Processor time of a worker per request, µs'),
    text(PANELS[1], 20, 'Throughput as a share of its floor'),
    text(PANELS[0], 40, `${AT} connections; the line is the target maximum`, ' class="note"'),
    text(PANELS[1], 40, 'the line is the target minimum', ' class="note"'),
  ];
  for (const [i, { name, workers, most, share, floor, least }] of rows.entries()) {
    parts.push(text(LABELS, TOP + i * ROW + 13, name, ' text-anchor="end"'));
    if (workers !== undefined) {
      let kind = 'floor';
      if (most) kind = workers <= most ? 'met' : 'missed';
      parts.push(
        bar(0, i, { value: workers, most: longest, label: readable(workers), kind, aim: most }),
      );
    }
    if (share !== undefined) {
      let kind = 'floor';
      if (least) kind = share >= least ? 'met' : 'missed';
      const label = `${percent(share)} <tspan class="note">${floor}</tspan>`;
      parts.push(bar(1, i, { value: share, most: largest, label, kind, aim: least }));
    }
  }
  const { when, machine } = result;
  const note = `${when}, ${machine.cores} cores; green: target met, orange: missed, grey: no target`;
  parts.push(text(PANELS[0], height - 10, note, ' class="note"'));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Cost and throughput of the hot routes; the same figures are in performance.md">
<style>${STYLE}
</style>
${parts.join('\n')}
</svg>
`;
}
