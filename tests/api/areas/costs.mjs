// costs.mjs - no request costs more than a page, whatever is asked: units of DynamoDB, rows of
// PostgreSQL, calls of Cognito. The bounds are in harness/costs.mjs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { assertOk } from '../harness/client.mjs';
import { COSTS } from '../harness/costs.mjs';
import { typed } from '../harness/dynamodb.mjs';
import { Meter } from '../harness/meter.mjs';
import { OPERATIONS } from '../harness/openapi.mjs';
import {
  newAccount,
  newHandle,
  newModerator,
  newPair,
  newPerson,
  newRequest,
  newUserRows,
  say,
} from '../harness/people.mjs';
import { microsecondsOf, uuidOf } from '../harness/previous.mjs';
import { proxies, stack } from '../harness/proxied.mjs';
import { pageOf, pathOf, requestOf } from '../harness/requests.mjs';
import { TABLE } from '../harness/table.mjs';

const CONVERSATIONS = 5000;
const MESSAGES = 450;
const CRUDS = 1500;
const LONG = '\u{1F600}'.repeat(1024);

const nameOf = ({ method, pattern }) => `${method} ${pattern}`;
const meter = new Meter(stack, proxies);
const versionSeven = (time) => uuidOf(microsecondsOf(time));
const range = (count) => Array.from({ length: count }, (_, i) => i);
const timeOf = (i) =>
  new Date(Date.UTC(2025, 2, 1) + i * 1000).toISOString().replace('Z', '000+00:00');

async function putAll(items) {
  for (let i = 0; i < items.length; i += 25)
    await stack.table.call('BatchWriteItem', {
      TableName: undefined,
      RequestItems: {
        [stack.table.name]: items.slice(i, i + 25).map((values) => ({
          PutRequest: { Item: typed(values) },
        })),
      },
    });
}

// Rows of `me` in conversations that are older than others, the newest of them with the whole texts of
// an earlier release.
async function makeConversations(me) {
  const people = await stack.sql(
    `insert into users (uuid, handle, display_name)
     select gen_random_uuid(), 'cost_' || substr(md5(random()::text), 1, 20), 'One of many'
       from generate_series(1, ${CONVERSATIONS}) returning uuid, handle`,
  );
  await putAll(
    people.map(([user_uuid, user_handle], i) => {
      const group = randomUUID();
      return {
        pk: `GRP#${me.uuid}`,
        sk: `GROUP#${group}`,
        message_group_uuid: group,
        last_message_at: timeOf(i),
        last_message_uuid: versionSeven(timeOf(i)),
        message: i < CONVERSATIONS - 200 ? 'x'.repeat(140) : LONG,
        unread_count: 1,
        user_uuid,
        user_handle,
        user_display_name: 'One of many',
      };
    }),
  );
}

// Older messages of `me` in `group`, all with uuids of version 7.
async function makeMessages(me, group) {
  const messages = range(MESSAGES).map((i) => ({
    uuid: versionSeven(timeOf(i)),
    created_at: timeOf(i),
  }));
  await putAll(
    messages.map(({ uuid, created_at }) => ({
      pk: `MSG#${group}`,
      sk: created_at,
      message_uuid: uuid,
      message: LONG,
      user_uuid: me.uuid,
      user_handle: me.handle,
      user_display_name: me.name,
    })),
  );
  return messages;
}

// Cruds of `me`, replies to `crud`, likes of it and notifications, more than a page of each.
async function makeCruds(me, other, crud, word) {
  const series = `generate_series(1, ${CRUDS}) as n`;
  const until = "now() + interval '20 days'";
  await stack.sql(
    `alter table activities disable trigger user; alter table activities enable trigger search_lexemes;
     alter table likes disable trigger user;
     insert into activities (user_uuid, message, expires_at, created_at)
     select '${me.uuid}', '${word} ' || n, ${until}, now() - n * interval '1 second' from ${series};
     insert into activities (user_uuid, message, reply_to_activity_uuid, expires_at, created_at)
     select '${other.uuid}', 'reply ${word}', '${crud.uuid}', ${until}, now() - n * interval '1 second'
       from ${series};
     insert into likes (activity_uuid, user_uuid)
     select '${crud.uuid}', uuid from users where display_name = 'One of many' limit ${CRUDS};
     insert into notifications (user_uuid, kind, actor_uuid, activity_uuid, expires_at)
     select '${me.uuid}', 'like', user_uuid, '${crud.uuid}', ${until} from likes
      where activity_uuid = '${crud.uuid}' on conflict do nothing;
     alter table activities enable trigger user; alter table likes enable trigger user;`,
  );
  await stack.sql('analyze');
}

// A discussion that is deeper than what is shown of it. Returns its last crud.
async function makeDiscussion(me, crud) {
  const uuids = range(60).map(() => randomUUID());
  await stack.sql(
    uuids
      .map(
        (uuid, i) =>
          `insert into activities (uuid, user_uuid, message, reply_to_activity_uuid, expires_at)
           values ('${uuid}', '${me.uuid}', 'deep', '${uuids[i - 1] ?? crud.uuid}', now() + interval '20 days')`,
      )
      .join(';'),
  );
  return { uuid: uuids.at(-1) };
}

// Reports of messages of `me` by others, more than a page of open and of resolved ones, each with 6 copies.
async function makeReports(me) {
  await stack.sql(
    `insert into reports (reporter_uuid, reported_uuid, kind, thing, message_group_uuid, message_uuid, reason,
                          resolved_at, action)
     select uuid, '${me.uuid}', 'message', 'message:' || n || state, gen_random_uuid(), gen_random_uuid(),
            'spam', case state when 1 then now() end, case state when 1 then 'dismiss' end
       from (select uuid, row_number() over () as n from users where display_name = 'One of many' limit 150)
              as others, generate_series(0, 1) as state;
     insert into report_copies (report_uuid, place, uuid, user_uuid, message, created_at)
     select uuid, place, gen_random_uuid(), '${me.uuid}', '${LONG}', now()
       from reports, generate_series(0, 5) as place where reported_uuid = '${me.uuid}'
         on conflict do nothing`,
  );
}

async function makeWorld() {
  const { ann, ben, group, first: started } = await newPair(stack);
  const foreign = assertOk(
    await say(stack, ann, { handle: (await newUserRows(stack, 1))[0] }, 'elsewhere'),
  );
  const messages = await makeMessages(ann, group);
  await makeConversations(ann);
  const last = assertOk(await say(stack, ben, { message_group_uuid: group }, LONG));
  const word = newHandle('word').replaceAll('_', '');
  const post = async (message) =>
    assertOk(
      await stack.ask('POST', '/api/activities', {
        token: ann.token,
        json: { message, ttl: '30-days' },
      }),
    );
  const [crud, other] = [await post(`About ${word}`), await post('Another one')];
  await makeCruds(ann, ben, crud, word);
  const deepest = await makeDiscussion(ben, await post('A discussion'));
  const [stranger] = await newUserRows(stack, 1);
  const [notification] = assertOk(
    await stack.ask('GET', '/api/activities/notifications', { token: ann.token }),
  );
  const moderator = await newModerator(stack);
  const reportOf = async (subject) => {
    const json = { ...subject, reason: 'spam' };
    assertOk(await stack.ask('POST', '/api/reports', { token: ben.token, json }), 204);
    const [[uuid]] = await stack.sql('select uuid from reports order by created_at desc limit 1');
    return { uuid };
  };
  const report = await reportOf({ activity_uuid: other.uuid });
  const ofMessage = await reportOf({ message_group_uuid: group, message_uuid: messages[7].uuid });
  await makeReports(ann);
  const cat = await newPerson(stack);
  const request = await newRequest(stack, cat);
  const { receiver, uuid } = await newRequest(stack, cat);
  assertOk(await say(stack, cat, { message_group_uuid: uuid }, 'again'));
  const pending = { ann: cat, ben: receiver, group: uuid };
  return {
    ...{ request, pending },
    ...{ ann, ben, foe: ben, gone: await newPerson(stack), group, foreign, last, crud, other, deepest, word, stranger, notification, long: LONG },
    ...{ moderator, report, ofMessage },
    first: messages[0],
    middle: messages[MESSAGES / 2],
    version4: { uuid: randomUUID() },
    unused: { uuid: versionSeven(started.created_at) },
  };
}

// The requests of a route: the good one of docs/openapi.yaml, and worse ones.
function requestsOf(entry, world) {
  const { instead = () => ({}), more = () => [] } = COSTS[nameOf(entry)];
  const operation = OPERATIONS.find(
    ({ method, path }) => method === entry.method && path === entry.pattern,
  );
  if (!operation) return [{ path: pathOf(entry.pattern, pageOf(world)) }]; // for operators, and pages
  const good = { ...requestOf(operation, world), ...instead(world) };
  return [{}, ...more(world)].map((change) => {
    const request = { ...good, ...change };
    return { ...request, path: pathOf(operation.path, request) };
  });
}

describe('the cost of a request', () => {
  let world;

  before(async () => {
    world = await makeWorld();
    await meter.begin();
  });
  after(() => meter.end());

  test('has a bound for every route, and for no other', () => {
    assert.deepEqual(Object.keys(COSTS).sort(), TABLE.map(nameOf).sort());
  });

  // Requests that only read come first, deletions last.
  const order = ['GET', 'POST', 'PUT', 'DELETE'];
  for (const entry of TABLE.toSorted(
    (one, other) => order.indexOf(one.method) - order.indexOf(other.method),
  ))
    test(`${nameOf(entry)} stays within its bound`, async () => {
      const { reads = 0, writes = 0, rows = 40, accounts = 0 } = COSTS[nameOf(entry)] ?? {};
      const bounds = { reads, writes, rows, accounts };
      for (const request of requestsOf(entry, world)) {
        const { answer, cost } = await meter.measure(() =>
          stack.ask(entry.method, request.path, request),
        );
        const what = `${entry.method} ${request.path} → ${answer.status} ${answer.text.slice(0, 200)}`;
        if (process.env.COSTS)
          console.log(what.slice(0, 150), JSON.stringify({ ...cost, statements: [] }));
        assert.ok(answer.status < 500, what);
        for (const [name, bound] of Object.entries(bounds))
          assert.ok(
            cost[name] <= bound,
            `${name}: ${cost[name]} of ${bound}, ${what}\n` +
              [...cost.requests, ...cost.statements].join('\n'),
          );
      }
    });

  test('an account is asked for once, when it is new', async () => {
    const { token } = await newAccount(stack);
    for (const accounts of [1, 0]) {
      const { answer, cost } = await meter.measure(() =>
        stack.ask('GET', '/api/users/me', { token }),
      );
      assertOk(answer);
      assert.equal(cost.accounts, accounts);
    }
  });
});
