// previews.mjs - GET /@{handle}, GET /@{handle}/status/{uuid}: pages whose head says what they show, for
// link previews and search engines.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';

import { assertOk, assertProblem, untilStatus } from '../harness/client.mjs';
import { ask, expireIn, post, reply } from '../harness/cruds.mjs';
import { stack } from '../harness/main.mjs';
import { assertDone, runCommand } from '../harness/operate.mjs';
import { newHandle, newPerson } from '../harness/people.mjs';
import { until } from '../harness/until.mjs';

const page = (target, options = {}) => stack.ask('GET', target, options);
const pathOf = ({ handle, uuid }) => `/@${handle}/status/${uuid}`;

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const textOf = (html) => html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name]);

// The title, the canonical address, and each meta by its name or property.
function headOf({ text }) {
  const found = {};
  for (const [, name, content] of text.matchAll(/<meta (?:name|property)="([^"]*)" content="([^"]*)"/g)) {
    assert.ok(!(name in found), `${name} is there twice`);
    found[name] = textOf(content);
  }
  const titles = [...text.matchAll(/<title>([^<]*)<\/title>/g)];
  assert.equal(titles.length, 1);
  found.title = textOf(titles[0][1]);
  found.canonical = /<link rel="canonical" href="([^"]*)"/.exec(text)?.[1];
  return found;
}

describe('pages with a head', () => {
  let ann;
  let crud;
  let index;
  before(async () => {
    ann = await newPerson(stack);
    crud = await post(ann, 'Hello\n  "world" <3 & more #sun', '1-day');
    index = await page('/');
  });

  test('a crud says who wrote what, where, and until when', async () => {
    const answer = await page(pathOf(crud));
    assert.equal(answer.status, 200);
    const { title, canonical, ...head } = headOf(answer);
    const text = 'Hello "world" <3 & more #sun';
    assert.equal(title, `${crud.display_name}: ${text} · Cruddur`);
    assert.equal(canonical, head['og:url']);
    assert.ok(canonical.endsWith(pathOf(crud)) && /^https?:\/\/[^/]+\/@/.test(canonical), canonical);
    assert.equal(head.description, text);
    assert.equal(head['og:description'], text);
    assert.equal(head['og:title'], `${crud.display_name} (@${crud.handle})`);
    assert.equal(head['og:type'], 'article');
    assert.equal(head['og:site_name'], 'Cruddur');
    assert.equal(head['article:published_time'], crud.created_at);
    assert.equal(head['article:expiration_time'], crud.expires_at);
    assert.equal(head.robots, `unavailable_after: ${crud.expires_at}`);
  });

  test('a person says who they are; letters in any case and percent-encoded', async () => {
    const bio = 'I write "things".';
    const json = { display_name: ann.name, bio };
    assertOk(await stack.ask('PUT', '/api/profile/update', { token: ann.token, json }));
    const targets = [`/@${ann.handle}`, `/@${ann.handle.toUpperCase()}`, `/%40${ann.handle}`, `/@%${ann.handle.charCodeAt(0).toString(16)}${ann.handle.slice(1)}?from=afar`];
    for (const target of targets) {
      const head = headOf(await page(target));
      assert.equal(head.title, `${ann.name} (@${ann.handle}) · Cruddur`, target);
      assert.equal(head.description, bio);
      assert.equal(head['og:type'], 'profile');
      assert.ok(head.canonical.endsWith(`/@${ann.handle}`));
      assert.equal(head.robots, undefined);
    }
  });

  test('the rest of the page, and its headers, are those of index.html', async () => {
    const answer = await page(pathOf(crud));
    const rest = (text) =>
      text.replace(/\s*<(?:meta (?:name|property)="(?:description|robots|twitter:card|og:\w+|article:\w+)"[^>]*|link rel="canonical"[^>]*|title>[^<]*<\/title)>/g, '');
    assert.equal(rest(answer.text), rest(index.text));
    const set = ({ headers }) => {
      const { date, 'x-request-id': id, etag, 'last-modified': modified, 'content-length': length, 'accept-ranges': ranges, 'x-accel-expires': accel, vary, ...others } = headers;
      assert.match(id, /^[0-9a-f]{32}$/);
      assert.equal(accel, undefined);
      assert.ok(date && vary);
      return others;
    };
    assert.deepEqual(set(answer), set(index));
    assert.match(answer.headers['content-type'], /^text\/html; charset=utf-8$/i);
    assert.match(answer.headers['content-security-policy'], /script-src 'self'/);
  });

  test('HEAD has the headers of GET and no body', async () => {
    for (const target of [pathOf(crud), `/@${ann.handle}`, '/@nobody_at_all']) {
      const [get, head] = [await page(target), await stack.ask('HEAD', target)];
      assert.equal(head.status, get.status);
      assert.equal(head.text, '');
      for (const name of ['content-type', 'cache-control', 'content-security-policy'])
        assert.equal(head.headers[name], get.headers[name], name);
    }
    assertProblem(await stack.ask('POST', pathOf(crud)), 405, 'method_not_allowed');
  });

  test('nothing that people write is markup', async () => {
    const hostile = [
      '</title><script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onload='alert(1)",
      '--><svg/onload=alert(1)>',
      '&lt;script&gt;',
      '<!--',
      '\u202Egnp.exe\u2066',
      'שלום مرحبا',
    ];
    const count = (text, sign) => text.split(sign).length;
    const plain = await page(pathOf(crud));
    for (const name of hostile) {
      const person = await newPerson(stack);
      const { uuid, handle } = await post(person, 'text');
      const value = name.replaceAll("'", "''");
      await stack.sql(
        `alter table users disable trigger user;
         update users set display_name = '${value}', bio = '${value}' where uuid = '${person.uuid}';
         alter table users enable trigger user;
         update activities set message = '${value}' where uuid = '${uuid}'`,
      );
      const answer = await page(pathOf({ handle, uuid }));
      for (const sign of ['<', '>', '"', "'"])
        assert.equal(count(answer.text, sign), count(plain.text, sign), `${sign} in ${name}`);
      const clean = name.replace(/[\u202E\u2066]/g, '');
      assert.equal(headOf(answer)['og:description'], clean);
      assert.equal(headOf(await page(`/@${handle}`))['og:description'], clean);
    }
  });

  test('a missing page is 404, and one that is gone is 410, both with the page', async () => {
    const gone = await post(ann, 'gone');
    const deleted = await post(ann, 'deleted');
    const answered = await reply(ann, gone.uuid, 'with it');
    assertOk(await ask(ann, 'DELETE', `/api/activities/${deleted.uuid}`), 204);
    await expireIn(gone.uuid, -1000);
    const targets = [
      [404, '/@nobody_at_all'],
      [404, '/@a'],
      [404, `/@${'x'.repeat(31)}`],
      [404, '/@%3Cscript%3E'],
      [404, '/@%FF'],
      [404, pathOf({ handle: ann.handle, uuid: randomUUID() })],
      [404, pathOf({ handle: ann.handle, uuid: 'no-uuid' })],
      [404, pathOf(deleted)],
      [410, pathOf(gone)],
      [410, pathOf(answered)],
    ];
    for (const [status, target] of targets) {
      const answer = await page(target);
      assert.equal(answer.status, status, target);
      assert.equal(answer.text, index.text, target);
      assert.equal(answer.headers['cache-control'], index.headers['cache-control']);
    }
    // The handle of an address is not what finds a crud, as in the front end, which corrects it.
    const other = headOf(await page(pathOf({ handle: 'nobody_at_all', uuid: crud.uuid })));
    assert.ok(other.canonical.endsWith(pathOf(crud)));
  });

  test('suspended people are not found, people who have deleted their account are gone', async () => {
    const [bad, left] = [await newPerson(stack), await newPerson(stack)];
    const [of_bad, of_left] = [await post(bad, 'bad'), await post(left, 'left')];
    await assertDone(runCommand(stack, 'people/suspend', [bad.handle]));
    for (const target of [`/@${bad.handle}`, pathOf(of_bad)])
      assert.equal((await page(target)).status, 404, target);
    await assertDone(runCommand(stack, 'people/unsuspend', [bad.handle]));
    assert.equal(headOf(await page(pathOf(of_bad))).description, 'bad');

    await stack.sql(`select erasure_begin('${left.uuid}')`);
    for (const target of [`/@${left.handle}`, pathOf(of_left)])
      assert.equal((await page(target)).status, 410, target);
    for (let more = true; more; )
      [[more]] = (await stack.sql(`select erasure_delete('${left.uuid}', 100) = true`)).map(
        ([value]) => [value === 't'],
      );
    assert.equal((await page(`/@${left.handle}`)).status, 410);
    assert.equal((await page(pathOf(of_left))).status, 404);
    await stack.sql(
      `update erased_handles set erased_at = now() - interval '91 days'
        where digest = handle_digest('${left.handle}')`,
    );
    assert.equal((await page(`/@${left.handle}`)).status, 404);
  });

  test('the page comes up without its program and without PostgreSQL', async () => {
    const assertPlain = (answer) => {
      assert.equal(answer.status, 200, answer.text.slice(0, 200));
      assert.equal(answer.text, index.text);
    };
    const socket = path.join(stack.home, 'run/page_head.sock');
    fs.renameSync(socket, `${socket}.away`);
    try {
      assertPlain(await page(`/@${newHandle()}`));
    } finally {
      fs.renameSync(`${socket}.away`, socket);
    }
    await stack.local('stop', 'postgres');
    try {
      for (const target of [`/@${ann.handle}`, pathOf(crud)]) assertPlain(await page(target));
    } finally {
      await stack.local('start', 'postgres');
    }
    // It recovers by itself.
    await until('a head', async () => headOf(await page(pathOf(crud)))['og:type'] === 'article');
    await untilStatus(200, () => stack.ask('GET', '/api/ready'));
  });
});
