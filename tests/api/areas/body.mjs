// body.mjs - validation of request bodies and query parameters.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertOk, assertProblem, sleep } from '../harness/client.mjs';
import { stack } from '../harness/main.mjs';
import { newPair, newPerson, newUserRows, say } from '../harness/people.mjs';
import { UNUSED_UUID } from '../harness/routes.mjs';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const EMOJI = '😀';

const post = (token, body, headers = JSON_TYPE) =>
  stack.ask('POST', '/api/messages', { token, body, headers });

describe('bodies', () => {
  test('a body that violates RFC 8259 is json_malformed, and nothing is written', async () => {
    const { ann, group } = await newPair(stack);
    const member = `"message_group_uuid":"${group}"`;
    const nested = (levels) => '['.repeat(levels) + ']'.repeat(levels);
    const bytes = (...values) =>
      Buffer.concat([
        Buffer.from(`{${member},"message":"`),
        Buffer.from(values),
        Buffer.from('"}'),
      ]);
    const bad = {
      'no body': '',
      'only white space': ' \n ',
      'cut short': `{${member},"message":"hel`,
      'cut before the brace': `{${member},"message":"hello"`,
      'trailing text': `{${member},"message":"hello"} x`,
      'two objects': `{${member},"message":"hello"}{}`,
      'an array': `[{${member},"message":"hello"}]`,
      'a string': '"hello"',
      'a number': '1',
      null: 'null',
      'single quotes': `{'message':'hello',${member}}`,
      'a comment': `{${member},"message":"hello"/* there */}`,
      'a trailing comma': `{${member},"message":"hello",}`,
      'a key without quotes': `{${member},message:"hello"}`,
      NaN: `{${member},"message":"hello","x":NaN}`,
      Infinity: `{${member},"message":"hello","x":-Infinity}`,
      'a leading zero': `{${member},"message":"hello","x":-01}`,
      'a number that ends with its point': `{${member},"message":"hello","x":2.}`,
      'a raw tab in a string': `{${member},"message":"hel\tlo"}`,
      'a raw newline in a string': `{${member},"message":"hel\nlo"}`,
      'an unknown escape': `{${member},"message":"\\x41"}`,
      'a lone high surrogate': `{${member},"message":"\\ud83d"}`,
      'a lone low surrogate': `{${member},"message":"\\ude00"}`,
      'surrogates in the wrong order': `{${member},"message":"\\ude00\\ud83d"}`,
      'a lone surrogate in another member': `{${member},"message":"hello","x":"\\ud83d"}`,
      'a byte order mark': `\ufeff{${member},"message":"hello"}`,
      'a duplicate key': `{${member},"message":"hello","message":"hullo"}`,
      'a duplicate key written with an escape': `{${member},"message":"hello","m\\u0065ssage":"hullo"}`,
      'a duplicate key in a nested object': `{${member},"message":"hello","x":{"a":1,"a":2}}`,
      'depth 17': `{${member},"message":"hello","x":${nested(16)}}`,
      'depth 1000': `{${member},"message":"hello","x":${nested(1000)}}`,
      'an unclosed depth of 16,000': '['.repeat(16_000),
      'invalid UTF-8': bytes(0xc3, 0x28),
      'overlong UTF-8': bytes(0xc0, 0x80),
      'a surrogate in UTF-8': bytes(0xed, 0xa0, 0x80),
      'a code point above U+10FFFF': bytes(0xf4, 0x90, 0x80, 0x80),
      'a character cut short': bytes(0xf0, 0x9f, 0x98),
      'Latin-1': bytes(0xe9),
      'UTF-16': Buffer.from(`{${member},"message":"hello"}`, 'utf16le'),
    };
    const before = await stack.table.messages(group);
    for (const [what, body] of Object.entries(bad)) {
      const answer = await post(ann.token, body);
      assert.equal(answer.status, 400, `${what}: ${answer.text}`);
      assertProblem(answer, 400, 'json_malformed');
    }
    assert.deepEqual(await stack.table.messages(group), before);
  });

  test('a body that RFC 8259 allows is accepted, and unknown members are ignored', async () => {
    const { ann, group } = await newPair(stack);
    const member = `"message_group_uuid":"${group}"`;
    for (const [body, text] of [
      [` {\n${member} ,\t"message" : "spaced" }\r\n`, 'spaced'],
      [`{${member},"message":"\\u0061\\/\\ud83d\\ude00\\"\\\\"}`, `a/${EMOJI}"\\`],
      [`{${member},"m\\u0065ssage":"escaped key"}`, 'escaped key'],
      [`{${member},"message":"deep","x":${'['.repeat(15)}${']'.repeat(15)}}`, 'deep'],
      [`{${member},"message":"others","x":null,"y":[1e3,-0.5],"z":{"message":1}}`, 'others'],
    ])
      assert.equal(assertOk(await post(ann.token, body)).message, text);
  });

  test('a body shorter than its Content-Length writes nothing', async () => {
    const { ann, group } = await newPair(stack);
    const body = JSON.stringify({ message_group_uuid: group, message: 'never whole' });
    const before = await stack.table.messages(group);
    const answer = await stack.client.raw(
      Buffer.from(
        `POST /api/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${ann.token}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length + 10}\r\n\r\n${body}`,
      ),
      { half: true },
    );
    assert.ok([0, 400].includes(answer.status), `answered ${answer.status}`);
    await sleep(200);
    assert.deepEqual(await stack.table.messages(group), before);
  });

  test('the content type must be application/json, in UTF-8', async () => {
    const { ann, group } = await newPair(stack);
    const body = JSON.stringify({ message_group_uuid: group, message: 'typed' });
    const typed = (type) =>
      post(ann.token, body, type === undefined ? {} : { 'Content-Type': type });
    for (const type of [
      'application/json',
      'Application/JSON',
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
    ])
      assertOk(await typed(type));
    for (const type of [
      undefined,
      '',
      'text/plain',
      'text/json',
      'application/jsonp',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=iso-8859-1',
      'application/json, text/plain',
    ])
      assertProblem(await typed(type), 415, 'content_type_unsupported');
    const put = { token: ann.token, body, headers: { 'Content-Type': 'text/plain' } };
    const path = `/api/message_groups/${group}/read`;
    assertProblem(await stack.ask('PUT', path, put), 415, 'content_type_unsupported');
  });

  test('an answer contains every validation code that applies', async () => {
    const { ann, ben, group } = await newPair(stack);
    const both = { handle: ben.handle, message_group_uuid: group };
    const neither = ['message_group_uuid_blank', 'user_receiver_handle_blank'];
    const cases = [
      [{}, ['message_blank', ...neither]],
      [{ message: null, handle: null, message_group_uuid: null }, ['message_blank', ...neither]],
      [{ message: ' ', handle: '', message_group_uuid: ' ' }, ['message_blank', ...neither]],
      [{ message: 'hello' }, neither],
      [{ message: 'hello', ...both }, ['message_recipient_ambiguous']],
      [{ message: '', ...both }, ['message_blank', 'message_recipient_ambiguous']],
      [{ message: '', handle: ben.handle }, ['message_blank']],
      [{ message: 'hello', handle: ann.handle }, ['user_receiver_is_self']],
      [{ message: 'hello', handle: ann.handle.toUpperCase() }, ['user_receiver_is_self']],
      [{ message: 'hello', handle: 'nobody_of_this_name' }, ['user_not_found']],
      [{ message: 'hello', handle: 'no handle at all!' }, ['user_not_found']],
      [{ message: 'hello', message_group_uuid: 7 }, ['message_group_uuid_invalid']],
      [{ message: 'hello', message_group_uuid: 'no-uuid' }, ['message_group_uuid_invalid']],
      [{ message: 7, message_group_uuid: group }, ['message_invalid']],
      [{ message: ['hello'], message_group_uuid: group }, ['message_invalid']],
      [{ message: { text: 'hello' }, message_group_uuid: group }, ['message_invalid']],
      [{ message: true, message_group_uuid: group }, ['message_invalid']],
      [
        { message: false, message_group_uuid: {} },
        ['message_group_uuid_invalid', 'message_invalid'],
      ],
    ];
    const before = await stack.table.scan();
    for (const [json, codes] of cases) {
      const answer = await stack.ask('POST', '/api/messages', { token: ann.token, json });
      assertProblem(answer, 422, ...codes);
    }
    assert.deepEqual(await stack.table.scan(), before);
  });

  test('a handle that is not a string is a validation error', async () => {
    const ann = await newPerson(stack);
    for (const handle of [7, true, ['bayko'], {}]) {
      const answer = await say(stack, ann, { handle }, 'hello');
      assert.equal(answer.status, 422, answer.text);
      assert.equal(answer.body.errors.length, 1);
      assert.match(answer.body.errors[0], /handle_invalid$/);
    }
  });

  test('a message has 1 to 1024 code points after trim()', async () => {
    const { ann, group } = await newPair(stack);
    const to = { message_group_uuid: group };
    const white = '\t\n\v\f\r \u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
    assert.equal(white.trim(), '');

    for (const message of ['', ' ', '\n\t', white])
      assertProblem(await say(stack, ann, to, message), 422, 'message_blank');
    for (const message of ['x'.repeat(1024), EMOJI.repeat(1024), `a${' '.repeat(1022)}b`]) {
      assert.equal(assertOk(await say(stack, ann, to, message)).message, message);
      const padded = `${white}${message}${white}`;
      assert.equal(assertOk(await say(stack, ann, to, padded)).message, message);
    }
    for (const message of ['x'.repeat(1025), EMOJI.repeat(1025), `a${' '.repeat(1023)}b`])
      assertProblem(await say(stack, ann, to, message), 422, 'message_exceed_max_chars');
    // Something must be visible.
    for (const message of ['\u200b', '\u3164\u2800', '\u202e\u2069', '\u{e0041}\ufe0f'])
      assertProblem(await say(stack, ann, to, message), 422, 'message_blank');
    // A zero-width space is no white space for trim().
    assert.equal(assertOk(await say(stack, ann, to, '.\u200b')).message, '.\u200b');
  });

  test('a message may contain newlines and tabs, but no other control characters', async () => {
    const { ann, group } = await newPair(stack);
    const to = { message_group_uuid: group };
    assert.equal(assertOk(await say(stack, ann, to, 'one\n\ttwo')).message, 'one\n\ttwo');
    for (const c of [
      '\0',
      '\u0001',
      '\b',
      '\v',
      '\f',
      '\r',
      '\u001b',
      '\u007f',
      '\u0085',
      '\u009f',
    ])
      assertProblem(await say(stack, ann, to, `a${c}b`), 422, 'message_invalid');
  });

  test('text in any script is returned unchanged', async () => {
    const { ann, ben, group } = await newPair(stack);
    const texts = [
      'Zażółć gęślą jaźń – “quoted” & <b>bold</b> \\ / "',
      '漢字かな交じり文 한국어 ไทย हिन्दी',
      'مرحبا بالعالم שלום',
      '👩‍👩‍👧‍👦🏳️‍🌈 e\u0301 \u202eright to left',
      '\u2028inside\u2029 \ud7ff\ue000\uffff \u{10ffff}',
      "'; drop table users; -- ${jndi:x} {{7*7}} %s%n \\u0000",
    ];
    for (const text of texts)
      assert.equal(
        assertOk(await say(stack, ann, { message_group_uuid: group }, text)).message,
        text.trim(),
      );
    const read = assertOk(await stack.ask('GET', `/api/messages/${group}`, { token: ben.token }));
    const last = read.slice(-texts.length).map(({ message }) => message);
    assert.deepEqual(
      last,
      texts.map((text) => text.trim()),
    );
  });

  test('marking as read requires a message_uuid', async () => {
    const { ann, group } = await newPair(stack);
    const path = `/api/message_groups/${group}/read`;
    const put = (json) => stack.ask('PUT', path, { token: ann.token, json });
    for (const json of [{}, { message_uuid: null }, { message_uuid: '' }, { message_uuid: ' ' }])
      assertProblem(await put(json), 422, 'message_uuid_blank');
    for (const message_uuid of [7, [], {}, true, 'no-uuid', `${UNUSED_UUID}0`])
      assertProblem(await put({ message_uuid }), 422, 'message_uuid_invalid');
    const malformed = { token: ann.token, body: '{', headers: JSON_TYPE };
    assertProblem(await stack.ask('PUT', path, malformed), 400, 'json_malformed');
  });

  test('an invalid query parameter is a 400 whose code names it', async () => {
    const { ann, group, first } = await newPair(stack);
    await newUserRows(stack, 1);
    const get = (path) => stack.ask('GET', path, { token: ann.token });
    for (const list of ['/api/message_groups', `/api/messages/${group}`]) {
      for (const limit of [
        '0',
        '101',
        'abc',
        '',
        '-1',
        '1.5',
        '%2B5',
        '1e1',
        '99999999999999999999',
      ])
        assertProblem(await get(`${list}?limit=${limit}`), 400, 'limit_invalid');
      for (const limit of ['1', '100']) assertOk(await get(`${list}?limit=${limit}`));
      for (const cursor of ['', 'x', '....', 'AAAA', '%00', 'a'.repeat(5000), btoa('m\0x')])
        assert.equal((await get(`${list}?cursor=${cursor}`)).status, 400, cursor.slice(0, 20));
      assertProblem(await get(`${list}?cursor=AAAA`), 400, 'cursor_invalid');
    }
    for (const after of ['x', '', UNUSED_UUID])
      assertProblem(await get(`/api/messages/${group}?after=${after}`), 400, 'after_invalid');
    assertOk(await get(`/api/messages/${group}?after=${first.uuid}`));
    for (const query of ['limit=1&limit=2', 'limit=%FF', 'limit=%zz'])
      assert.equal((await get(`/api/message_groups?${query}`)).status, 400, query);
    assertOk(await get('/api/message_groups?unknown=1'));
  });
});
