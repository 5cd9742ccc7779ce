import { expect, test } from 'vitest';

import { handlesFrom } from './handles';
import { limits } from './limits';

test.each([
  ['Andrew Brown', ['andrewbrown', 'andrewb', 'abrown']],
  ['  Bayko ', ['bayko']],
  ['Łukasz Großmann', ['lukaszgrossmann', 'lukaszg', 'lgrossmann']],
  ['Zoë O’Brien-Ñuñez', ['zoeobriennunez', 'zoen', 'znunez']],
  ['Dr. Ann', ['drann', 'dra', 'dann']],
  ['A', []],
  ['佐藤 花子', []],
  ['佐藤 Hana', ['hana']],
  ['Ａｎｎ', ['ann']],
  ['', []],
])('%j may want %j', (name, handles) => expect(handlesFrom(name)).toEqual(handles));

test('a long name is cut', () => {
  for (const handle of handlesFrom('Wolfeschlegelsteinhausenberger Dorffwelchevoralternwaren'))
    expect(handle.length).toBeLessThanOrEqual(limits.handle_max);
});
