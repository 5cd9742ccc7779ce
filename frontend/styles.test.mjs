// styles.test.mjs - style sheets name no physical left or right: in a text or a page from right to
// left, the start of a line is at the right (CSS Logical Properties and Values, level 1).
import fs from 'node:fs';

import { describe, expect, test } from 'vitest';

import { readFiles } from './layers.mjs';

const PHYSICAL = /(^|-)(left|right)(-|$)/;
const SIDES = /^(margin|padding|inset|border-(width|style|color)|scroll-(margin|padding))$/;

// The values of a shorthand; a function with its blanks is one value.
const valuesOf = (value) => value.match(/(?:[^\s()]+|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];

// The declarations of a style sheet that are wrong when a text or the page is from right to left.
function physicalIn(css) {
  const text = css.replace(/\/\*[^]*?\*\//g, '');
  const found = [];
  for (const [, property, value] of text.matchAll(
    /(?<=[{;]\s*)([a-z-]+)\s*:\s*([^;{}]+)(?=[;}])/g,
  )) {
    const values = valuesOf(value);
    const corners = property === 'border-radius' && !value.includes('/') ? values : [];
    if (
      PHYSICAL.test(property) ||
      (property !== 'transition' && values.some((one) => /^(left|right)$/.test(one))) ||
      (SIDES.test(property) && values.length === 4 && values[1] !== values[3]) ||
      (corners.length > 1 && new Set(corners).size > 1) ||
      (property === 'translate' && !/^(0|none)\b/.test(value))
    )
      found.push(`${property}: ${value.trim()}`);
  }
  return found;
}

test('no style sheet has a physical left or right', () => {
  const sheets = Object.entries(readFiles()).filter(([name]) => name.endsWith('.css'));
  expect(sheets.length).toBeGreaterThan(3);
  const found = sheets.flatMap(([name, css]) => physicalIn(css).map((one) => `${name}: ${one}`));
  expect(found).toEqual([]);
});

describe('the check', () => {
  test.each([
    'margin-left: auto',
    'padding-right: 1px',
    'border-left: 3px solid red',
    'border-bottom-left-radius: 5px',
    'left: 0',
    'right: calc(1px + 2px)',
    'text-align: right',
    'float: left',
    'margin: 0 0 0 4px',
    'padding: var(--top) calc(1rem + var(--corner)) 0 1rem',
    'inset: var(--top) 0.25rem auto auto',
    'border-radius: 1px 2px 3px 4px',
    'translate: -50% 0',
  ])('finds %s', (declaration) => {
    expect(physicalIn(`a { color: red; ${declaration}; }`)).toEqual([declaration]);
    expect(physicalIn(`@media (min-width: 1px) { a {${declaration}} }`)).toEqual([declaration]);
  });

  test.each([
    'margin-inline-start: auto',
    'inset-inline-end: 0',
    'text-align: start',
    'border-end-start-radius: 5px',
    'margin: 0 auto auto',
    'padding: 1px 2px 3px 2px',
    'inset: auto 0 calc(1px + 2px)',
    'translate: 0 -200%',
    'mask-image: linear-gradient(to bottom, #000, transparent)',
  ])('allows %s', (declaration) => {
    expect(physicalIn(`.left-over { ${declaration}; } /* left: 0; */`)).toEqual([]);
  });
});

test('the frame of the window has the colour of the page, in light and dark', () => {
  const [, ...paper] = /--paper: light-dark\((#\w+), (#\w+)\)/.exec(readFiles()['styles/tokens.css']);
  const page = fs.readFileSync(new URL('index.html', import.meta.url), 'utf8');
  const colours = [...page.matchAll(/name="theme-color" data-scheme="(\w+)"[^>]*content="(#\w+)"/g)];
  expect(colours.map(([, scheme, colour]) => [scheme, colour])).toEqual([
    ['light', paper[0]],
    ['dark', paper[1]],
  ]);
});
