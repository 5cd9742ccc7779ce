// grammar.mjs - mentions, tags and links: the browser's code and PostgreSQL agree with the table of
// cases (tests/grammar/cases.json) and with each other on generated texts. SEED=n chooses the texts,
// TEXTS=n how many.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { CASES, foundBy, loadBrowser, marksBy, SCRIPTS, textsOf } from '../../grammar/grammar.mjs';
import { get, newWord, post } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { newPerson } from '../harness/people.mjs';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
// Other variants of the programs do not differ in this.
const TEXTS = Number(process.env.TEXTS ?? (process.env.VARIANT ? 5_000 : 100_000));

describe('the grammar of texts', () => {
  let segments;
  const marksOf = (texts) => marksBy(texts, ['-d', stack.databaseUrl()], stack.env);

  before(async () => {
    segments = await loadBrowser();
  });

  test('browser and server find what the table says, in at least 25 scripts', async () => {
    assert.ok(CASES.length >= 300 && SCRIPTS.length >= 25);
    const server = await marksOf(CASES.map(([, text]) => text));
    CASES.forEach(([source, text, expected], i) => {
      const { shown, marks } = foundBy(segments, text);
      assert.deepEqual(shown, expected, `${source}: ${JSON.stringify(text)}`);
      assert.deepEqual(server[i], marks, `${source}: ${JSON.stringify(text)}`);
    });
  });

  test('browser and server agree on generated texts', async (t) => {
    t.diagnostic(`SEED=${SEED} TEXTS=${TEXTS}`);
    const texts = [...textsOf(SEED, TEXTS)];
    const server = await marksOf(texts);
    let some = 0;
    texts.forEach((text, i) => {
      const { shown, marks } = foundBy(segments, text);
      if (shown.length > 0) some++;
      assert.deepEqual(server[i], marks, `SEED=${SEED} ${JSON.stringify(text)}`);
    });
    assert.ok(some >= 0.7 * TEXTS, `only ${some} texts have a mention, a tag or a link`);
  });

  test('people whose handle is followed by another script are told, those in an address are not', async () => {
    const [ann, ben, cid] = [
      await newPerson(stack),
      await newPerson(stack),
      await newPerson(stack),
    ];
    const crud = await post(
      ann,
      `@${ben.handle}さん https://example.org/?user=@${cid.handle} @${cid.handle}@example.org`,
    );
    const told = async (person) =>
      (await get(person, '/api/activities/notifications')).map(({ activity }) => activity.uuid);
    assert.deepEqual(await told(ben), [crud.uuid]);
    assert.deepEqual(await told(cid), []);
  });

  test('a tag is found in any form of its letters', async () => {
    const ann = await newPerson(stack);
    const word = newWord();
    const tag = `#caf\u00e9${word}`;
    const found = (term) =>
      get(undefined, `/api/activities/search?term=${encodeURIComponent(term)}`);
    const texts = [tag, `＃CAFE\u0301${word}`, `今日は#cafe\u0301${word}。`].map((text) => `x ${text}`);
    for (const text of texts) await post(ann, text);
    for (const term of [tag, `#cafe\u0301${word}`, `＃CAFÉ${word.toUpperCase()}`])
      assert.deepEqual((await found(term)).map(({ message }) => message).sort(), texts.sort(), term);
  });
});
