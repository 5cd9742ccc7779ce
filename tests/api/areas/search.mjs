// search.mjs - search for cruds by words, handles and tags.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { seededRandom } from '../../faults/harness/random.mjs';
import { assertOk, assertProblem } from '../harness/client.mjs';
import {
  ask,
  assertCrud,
  follow,
  get,
  mark,
  newWord,
  post,
  reply,
  uuidsOf,
} from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { newPerson } from '../harness/people.mjs';

const pathOf = (term, more = '') =>
  `/api/activities/search?term=${encodeURIComponent(term)}${more}`;
const find = (term, person) => get(person, pathOf(term));

// The messages of all results, sorted.
const textsFound = async (term) => (await find(term)).map(({ message }) => message).sort();

describe('search', () => {
  test('finds words in cruds and replies, in any case', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const word = newWord();
    const crud = await post(ann, `The ${word} rises.`);
    const answer = await reply(ben, crud.uuid, `${word.toUpperCase()}!`);
    await post(ann, 'something else');
    assertOk(await mark(ben, 'PUT', crud.uuid));
    assert.deepEqual(uuidsOf(await find(` ${word} `)).sort(), uuidsOf([crud, answer]).sort());
    for (const row of await find(word)) assertCrud(row, false);
    const asBen = await find(word, ben);
    assert.deepEqual(
      asBen.map(({ uuid, liked }) => [uuid, liked]).sort(),
      [
        [crud.uuid, true],
        [answer.uuid, false],
      ].sort(),
    );
    assert.deepEqual(await find(newWord()), []);
  });

  test('supports the operators quotes, or and minus', async () => {
    const ann = await newPerson(stack);
    const word = newWord();
    const messages = [`${word} red fox`, `${word} fox red`, `${word} blue whale`];
    for (const message of messages) await post(ann, message);
    assert.deepEqual(await textsFound(`${word} red`), messages.slice(0, 2).sort());
    for (const phrase of ['"red fox"', '“red fox”', '„red fox“', '«red fox»', '»red fox«', '「red fox」', '＂red fox＂'])
      assert.deepEqual(await textsFound(`${word} ${phrase}`), [messages[0]], phrase);
    assert.deepEqual(await textsFound(`${word} fox or whale`), [...messages].sort());
    assert.deepEqual(await textsFound(`${word} -red`), [messages[2]]);
    assert.deepEqual(await textsFound(`${word} red whale`), []);
  });

  test('finds cruds by or mentioning @handle, and cruds with #tag', async () => {
    const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
    const word = newWord();
    const own = await post(ben, `${word} is mine`);
    const mention = await post(ann, `${word} (@${ben.handle.toUpperCase()}) #T${word}`);
    const name = await post(ann, `${word} ${ben.handle} t${word} a@${ben.handle}x`);
    const everywhere = [own, mention, name];
    assert.deepEqual(uuidsOf(await find(word)).sort(), uuidsOf(everywhere).sort());
    assert.deepEqual(uuidsOf(await find(`@${ben.handle}`)).sort(), uuidsOf([own, mention]).sort());
    assert.deepEqual(uuidsOf(await find(`@${ben.handle} "is mine"`)), [own.uuid]);
    assert.deepEqual(uuidsOf(await find(`#t${word}`)), [mention.uuid]);
    assert.deepEqual(uuidsOf(await find(`#T${word} @${ann.handle}`)), [mention.uuid]);
    assert.deepEqual(await find(`#t${word} @${ben.handle} @nobody_at_all`), []);
    assert.deepEqual(await find(`@${ben.handle}x`), []);
  });

  test('finds Unicode words in any case', async () => {
    const ann = await newPerson(stack);
    for (const [message, term] of [
      ['Größe zählt', 'größe'],
      ['ПРИВЕТ мир', 'привет'],
      ['東京 は 晴れ', '東京'],
      ['naïve café', 'CAFÉ'],
      ['#Überraschung heute', '#überraschung'],
      ['הכל בסדר', 'בסדר'],
      ['🚀 up', '🚀'],
    ]) {
      const crud = await post(ann, message);
      assert.ok(uuidsOf(await find(`${term} @${ann.handle}`)).includes(crud.uuid), term);
    }
  });

  // [text, terms that find it, terms that do not]
  const FOUND = [
    ['go left/w now', ['left', 'w', 'left/w', 'LEFT w'], ['leftw', 'left/now']],
    ['see /usr/w and w/2', ['usr', '/usr/w', 'w/2', '2'], ['usr/2']],
    ['v1.2.3 is out', ['1.2.3', 'v1.2.3', '1.2', 'V1'], ['1.3', '2.2.3']],
    ['a<b>bold</b>c', ['bold', 'b', 'c'], []],
    ['mail me@host.example, -5 (x)', ['host', 'me@host.example', '-9 5 x', 'example'], []],
    ['snake_case and kebab-case', ['snake', 'kebab case', 'snake_case', '"and kebab"'], []],
    ["don't panic", ["don't", 'panic', 'don\u2019t'], []],
    ['Le Café de l\u2019Été', ['cafe', 'CAFÉ', 'cafe\u0301', 'ete', '"cafe de"'], ['caf']],
    ['Smørrebrød på Straße, Łódź', ['smorrebrod', 'strasse', 'lodz', 'pa', 'STRASSE'], []],
    ['Приём ёлка', ['ПРИЁМ', 'елка'], ['при']],
    ['ΟΔΟΣ οδός', ['οδος', 'ΟΔΌΣ'], []],
    ['İstanbul', ['istanbul', 'ISTANBUL'], []],
    ['שָׁלוֹם עולם', ['שלום', 'שָׁלוֹם'], []],
    ['مَرْحَبًا بالعالم', ['مرحبا', 'بالعالم'], []],
    ['می\u200cخواهم', ['میخواهم', 'می\u200cخواهم'], []],
    ['हिन्दी में कविता', ['हिन्दी', 'कविता'], ['हि']],
    [
      '今日は良い天気です。',
      ['天気', '今', '良い天気', '天', '"良い天"', '今日は 天気'],
      ['気天', '天良'],
    ],
    ['東京2020の猫', ['2020', '東京', '東京2020', '猫', 'の猫'], ['京の']],
    ['コーヒーを飲む', ['コーヒー', 'ヒー', 'ｺｰﾋｰ', '飲む'], ['ヒコ']],
    ['がっこう', ['がっこう', 'か\u3099っこう', 'が'], []],
    ['고양이는 귀엽다', ['고양이', '귀엽', '양'], ['이귀']],
    ['วันนี้อากาศดีมาก', ['อากาศ', 'ดี', 'วันนี้'], ['ดีอากาศ']],
    ['ມື້ນີ້ອາກາດດີ', ['ອາກາດ', 'ດີ'], []],
    ['ថ្ងៃនេះអាកាសធាតុល្អ', ['អាកាស', 'ល្អ'], []],
    ['ဒီနေ့ရာသီဥတုကောင်းတယ်', ['ရာသီဥတု', 'ကောင်း'], []],
    ['ＡＢＣ １２３ ﬁn ①', ['abc', '123', 'fin', '1'], []],
    ['to the 🚀 moon 👍🏽', ['🚀', '👍', '👍🏿', '🚀 moon'], ['🛰️']],
    ['flag 🇩🇪', ['🇩🇪'], ['🇪🇩']],
  ];

  test('finds words beside any sign, with and without accents, and parts of sentences', async () => {
    const ann = await newPerson(stack);
    for (const [text, terms, others] of FOUND) {
      const crud = await post(ann, text);
      for (const term of terms)
        assert.ok(
          uuidsOf(await find(`${term} @${ann.handle}`)).includes(crud.uuid),
          `${text}: ${term}`,
        );
      for (const term of others)
        assert.deepEqual(await textsFound(`${term} @${ann.handle}`), [], `${text}: ${term}`);
    }
  });

  test('ignores operators that have no operand yet, and what has no positive word', async () => {
    const ann = await newPerson(stack);
    const word = newWord();
    const messages = [`${word} red fox`, `${word} or`];
    for (const message of messages) await post(ann, message);
    for (const term of ['fox or', 'fox -', '"red fox', '"" fox'].map((end) => `${word} ${end}`))
      assert.deepEqual(await textsFound(term), [messages[0]], term);
    assert.deepEqual(await textsFound(`or ${word} fox`), [messages[0]]);
    assert.deepEqual(await textsFound(`${word} -"red fox"`), [messages[1]]);
    assert.deepEqual(await textsFound(`-${word} or ${word} -red`), [messages[1]]);
    assert.deepEqual(await textsFound(`${word} -#${word}`), [...messages].sort());
    for (const term of [`-${word}`, `-red -fox`, `-"${word} red"`, 'or or', `-@${ann.handle}`])
      assert.deepEqual(await find(term), [], term);
  });

  test('treats metacharacters of SQL and tsquery as text', async () => {
    const ann = await newPerson(stack);
    const word = newWord();
    const crud = await post(ann, `${word} it's 100% "quoted" \\ back`);
    for (const term of [
      `${word}'`,
      `${word}' or '1'='1' --`.replace(' or ', ' '),
      `${word} \\`,
      `"${word}`,
      `${word}:*`,
      `(${word}`,
      `${word} & ! | <-> ( )`,
      `${word} %`,
      `${word}; --`,
      `'${word}'`,
    ]) {
      const answer = await ask(undefined, 'GET', pathOf(term));
      assert.equal(answer.status, 200, `${term}: ${answer.text}`);
    }
    assert.deepEqual(uuidsOf(await find(`${word} & ! | <-> ( )`)), [crud.uuid]);
    assert.deepEqual(await find("'; drop table activities; --"), []);
    for (const term of ['-', '"', '""', '#', '@', '@@', '-#', '&|!', "''", '\\', '%', '*', '"-'])
      assert.deepEqual(await find(term), [], term);
    assertOk(await ask(undefined, 'GET', `/api/activities/${crud.uuid}`));
  });

  test('refuses a term that is missing, too long or malformed', async () => {
    for (const query of ['', '?term=', '?term=%20%09', '?term=%E3%80%80', '?other=x'])
      assertProblem(
        await ask(undefined, 'GET', `/api/activities/search${query}`),
        422,
        'search_term_blank',
      );
    assert.deepEqual(await find(`${'😀'.repeat(280)} `), []);
    assertProblem(
      await ask(undefined, 'GET', pathOf('é'.repeat(281))),
      422,
      'search_term_exceed_max_chars',
    );
    for (const query of ['term=a&term=b', 'term=%00', 'term=%FF', 'term=%'])
      assertProblem(
        await ask(undefined, 'GET', `/api/activities/search?${query}`),
        400,
        'query_invalid',
      );
  });

  test('lists each match exactly once, best first, while others post', async () => {
    const ann = await newPerson(stack);
    const word = newWord();
    const cruds = [];
    for (let i = 0; i < 12; i++) cruds.push(await post(ann, `${word} ${'other '.repeat(i)}`));
    const best = await post(ann, `${word} and ${word} and ${word}`);
    const rows = await follow(undefined, pathOf(word, '&limit=3'), {
      between: () => post(ann, `${word} ${word} ${word} late`),
    });
    assert.deepEqual(uuidsOf(rows), uuidsOf([best, ...cruds.reverse()]));
  });

  test('considers the newest 200 matches only', async () => {
    const ann = await newPerson(stack);
    const word = newWord();
    await stack.sql(
      `insert into activities (user_uuid, message, expires_at, created_at)
       select '${ann.uuid}', '${word} ' || n, now() + interval '1 day', now() - n * interval '1 second'
         from generate_series(1, 205) as n`,
    );
    const rows = await follow(undefined, pathOf(word, '&limit=100'));
    assert.equal(rows.length, 200);
    assert.equal(rows[0].message, `${word} 1`);
    assert.ok(!rows.some(({ message }) => message === `${word} 205`));
    await stack.sql(`delete from activities where user_uuid = '${ann.uuid}'`);
  });

  test('finds what a matcher finds that reads every crud, best first', async () => {
    const people = [await newPerson(stack), await newPerson(stack), await newPerson(stack)];
    const words = Array.from({ length: 6 }, newWord); // the first ones are frequent
    const tags = [`t${newWord()}`, `t${newWord()}`];
    const below = seededRandom(20261126);
    const random = () => below(1e6) / 1e6;
    const one = (list) => list[Math.floor(random() ** 2 * list.length)];
    const some = (count, make) => Array.from({ length: count }, make);
    const characters = () => some(3 + Math.floor(random() * 3), () => one([...'龘鱻麤爨']));

    // Cruds as lists of tokens: words, #tags, @handles, and characters without blanks.
    const cruds = some(400, (_, n) => ({
      author: one(people),
      expired: random() < 0.1,
      age: n,
      tokens: [
        ...some(1 + Math.floor(random() * 5), () => one(words)),
        ...(random() < 0.3 ? [`#${one(tags)}`] : []),
        ...(random() < 0.2 ? [`@${one(people).handle}`] : []),
        ...(random() < 0.4 ? [characters().join('')] : []),
      ].sort(() => random() - 0.5),
    }));
    const rows = cruds.map(({ author, expired, age, tokens }) => ({
      ...{ user_uuid: author.uuid, message: tokens.join(' '), expired, age },
    }));
    const uuids = JSON.parse(
      await stack.sql(
        `with made as (
           insert into activities (user_uuid, message, expires_at, created_at)
           select user_uuid, message, now() + case when expired then '-1 s' else '1 day' end::interval,
                  now() - age * interval '7 minutes'
             from json_to_recordset('${JSON.stringify(rows)}')
                    as each (user_uuid uuid, message text, expired boolean, age integer)
           returning uuid, created_at)
         select json_agg(uuid order by created_at desc) from made`,
      ),
    );

    // Parts of a term, each with whether a crud matches it.
    const word = (text) => [text, ({ tokens }) => tokens.some((token) => token.replace('#', '') === text)];
    const parts = {
      word: () => word(one(words)),
      tag: (tag = one(tags)) => [`#${tag}`, ({ tokens }) => tokens.includes(`#${tag}`)],
      person: ({ handle } = one(people)) => [
        `@${handle}`,
        ({ author, tokens }) => author.handle === handle || tokens.includes(`@${handle}`),
      ],
      phrase: (phrase = [one(words), one(words)]) => [
        `"${phrase.join(' ')}"`,
        ({ tokens }) =>
          tokens.some((token, at) => phrase.every((text, i) => (tokens[at + i] ?? '') === text)),
      ],
      run: (run = characters().slice(0, 1 + Math.floor(random() * 3)).join('')) => [
        run,
        ({ tokens }) => tokens.some((token) => token.includes(run)),
      ],
    };
    const part = () => one(Object.values(parts))();
    const not = ([text, matches]) => [`-${text}`, (crud) => !matches(crud)];
    const all = (list) => [
      list.map(([text]) => text).join(' '),
      (crud) => list.every(([, matches]) => matches(crud)),
    ];
    const any = (list) => [
      list.map(([text]) => text).join(' or '),
      (crud) => list.some(([, matches]) => matches(crud)),
    ];
    // The first part of each alternative is a word that only these cruds have.
    const alternative = () =>
      all([parts.word(), ...some(Math.floor(random() * 3), () => (random() < 0.3 ? not(part()) : part()))]);
    const terms = [
      ...Object.values(parts).map((make) => all([parts.person(people[0]), make()])),
      ...words.map((text) => word(text)),
      ...some(40, alternative),
      ...some(10, () => any([alternative(), alternative()])),
    ];

    const ranks = JSON.parse(
      await stack.sql(
        `select json_agg((select json_object_agg(uuid, ts_rank(search, query))
                            from activities where uuid = any ('{${uuids}}')) order by place)
           from json_array_elements_text('${JSON.stringify(terms.map(([text]) => text))}')
                  with ordinality as terms (term, place)
          cross join search_query(term) as query`,
      ),
    );
    const seen = new Set();
    for (const [i, [term, matches]] of terms.entries()) {
      const expected = uuids
        .filter((_, at) => !cruds[at].expired && matches(cruds[at]))
        .slice(0, 200)
        .map((uuid, at) => ({ uuid, at, rank: ranks[i][uuid] }))
        .sort((a, b) => b.rank - a.rank || a.at - b.at);
      const found = await follow(undefined, pathOf(term, '&limit=50'));
      assert.deepEqual(uuidsOf(found), uuidsOf(expected), term);
      seen.add(expected.length);
    }
    assert.ok(seen.size > 10, `the terms have ${[...seen]} matches`);
    await stack.sql(`delete from activities where uuid = any ('{${uuids}}')`);
  });
});
