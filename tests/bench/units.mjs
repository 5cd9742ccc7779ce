// units.mjs - the capacity units of DynamoDB that each operation consumes, and what they cost. Uses a
// private stack whose engine reports them (ReturnConsumedCapacity: INDEXES). Rewrites their table in
// docs/performance.md; `print` only prints it.
// Run as: node tests/bench/units.mjs [print]
import fs from 'node:fs';
import path from 'node:path';

import { assertOk } from '../api/harness/client.mjs';
import { countUnits } from '../api/harness/meter.mjs';
import { newHandle, newPair, newPerson, newRequest, newUserRows, say } from '../api/harness/people.mjs';
import { startProxy } from '../api/harness/proxy.mjs';
import { freePort, ROOT, Stack } from '../api/harness/stack.mjs';
import { makeConversations, makePeople } from './harness/data.mjs';

// US East (N. Virginia), https://aws.amazon.com/dynamodb/pricing/on-demand/, dollars per million.
const READ_UNITS_USD = 0.125;
const WRITE_UNITS_USD = 0.625;
const CONVERSATIONS = 5000;
const SHORT = 'See you at the dock at nine?';
const ASCII = 'x'.repeat(1024);
const LARGE = '\u{1F600}'.repeat(1024);

let proxy;
const stack = await Stack.start({
  settings: { CRUDDUR_EPHEMERAL: '1' },
  async prepare({ DYNAMODB }) {
    const port = await freePort();
    proxy = await startProxy(port, DYNAMODB);
    return { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` };
  },
});
const spent = { reads: 0, writes: 0 };
const rows = [];

// The units of one request, which must succeed.
async function measure(what, send) {
  spent.reads = spent.writes = 0;
  const answer = await send();
  if (answer.status >= 300) throw new Error(`${what}: ${answer.status} ${answer.text}`);
  const usd = spent.reads * READ_UNITS_USD + spent.writes * WRITE_UNITS_USD;
  rows.push([what, spent.reads, spent.writes, usd.toFixed(2)]);
  return answer.body;
}

async function measureAll() {
  const { ann, ben, group, first } = await newPair(stack, SHORT);
  const { ann: cat, ben: dan, group: large } = await newPair(stack, LARGE);
  const of = ({ token }) => ({
    get: (route) => stack.ask('GET', route, { token }),
    read: (uuid, message_uuid) =>
      stack.ask('PUT', `/api/message_groups/${uuid}/read`, { token, json: { message_uuid } }),
    accept: (uuid) => stack.ask('PUT', `/api/message_groups/${uuid}/accept`, { token }),
    hide: (uuid) => stack.ask('DELETE', `/api/message_groups/${uuid}`, { token }),
    remove: (uuid, message) => stack.ask('DELETE', `/api/messages/${uuid}/${message}`, { token }),
  });
  for (let i = 0; i < 120; i++) {
    assertOk(await say(stack, i % 2 ? ann : ben, { message_group_uuid: group }, SHORT));
    assertOk(await say(stack, i % 2 ? cat : dan, { message_group_uuid: large }, LARGE));
  }
  const person = await newPerson(stack);
  const people = [];
  while (people.length < CONVERSATIONS) people.push(...(await makePeople(stack, 500)));
  await makeConversations(stack, person, people);

  const list = `/api/messages/${group}`;
  const to = { message_group_uuid: group };
  await measure('conversations, 20', () => of(person).get('/api/message_groups'));
  await measure('conversations, 100', () => of(person).get('/api/message_groups?limit=100'));
  await measure('one conversation, or its members', () =>
    of(ann).get(`/api/message_groups/${group}`),
  );
  await measure('the conversation with a person', () =>
    of(ann).get(`/api/message_groups/@${ben.handle}`),
  );
  await measure('my account, 1 conversation', () => of(ann).get('/api/users/me'));
  await measure(`my account, ${CONVERSATIONS.toLocaleString('en')} conversations`, () =>
    of(person).get('/api/users/me'),
  );
  await measure('messages, 20 short ones', () => of(ann).get(list));
  await measure('messages, 100 short ones', () => of(ann).get(`${list}?limit=100`));
  await measure('messages, 20 of 4 KB', () => of(cat).get(`/api/messages/${large}`));
  await measure('messages, 100 of 4 KB', () => of(cat).get(`/api/messages/${large}?limit=100`));
  await measure('messages before one, 20', () => of(ann).get(`${list}?before=${first.uuid}`));
  await measure('messages around one, 20', () => of(ann).get(`${list}?around=${first.uuid}`));
  const { body: newest } = await of(ann).get(`${list}?limit=1`);
  await measure('poll, nothing new', () => of(ann).get(`${list}?after=${newest[0].uuid}`));
  const last = await measure('send a message of 28 characters', () => say(stack, ann, to, SHORT));
  await measure('… with an Idempotency-Key', () =>
    say(stack, ann, to, SHORT, { key: newHandle('key') }),
  );
  await measure('… of 1,024 characters', () => say(stack, ann, to, ASCII));
  const big = await measure('… of 4 KB', () => say(stack, ann, to, LARGE));
  const [stranger] = await newUserRows(stack, 1);
  await measure('the first message to a person', () =>
    say(stack, ann, { handle: stranger }, SHORT),
  );
  const request = await newRequest(stack, dan);
  const asked = { message_group_uuid: request.uuid };
  await measure('a message to somebody who has not accepted', () => say(stack, dan, asked, SHORT));
  await measure('requests, 1', () => of(request.receiver).get('/api/message_groups?state=request'));
  await measure('accept a request', () => of(request.receiver).accept(request.uuid));
  await measure('hide a conversation', () => of(request.receiver).hide(request.uuid));
  await measure('mark as read', () => of(ben).read(group, big.uuid));
  await measure('mark as read again', () => of(ben).read(group, big.uuid));
  await measure('delete the last message, of 4 KB', () => of(ann).remove(group, big.uuid));
  await measure('delete an earlier message', () => of(ann).remove(group, last.uuid));
}

// A Markdown table.
function table() {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const head = ['operation', 'read units', 'write units', 'dollars per million'];
  return [line(head), '| --- | ---: | ---: | ---: |', ...rows.map(line)].join('\n');
}

try {
  countUnits(proxy, (kind, units) => {
    spent[kind] += units;
  });
  await measureAll();
} finally {
  await stack.down();
  proxy.close();
}
console.log(table());
if (process.argv[2] !== 'print') {
  const file = path.join(ROOT, 'docs/performance.md');
  const marks = /(<!-- make bench-units writes from here -->\n)[^]*?(<!-- to here: units -->)/;
  const text = fs.readFileSync(file, 'utf8');
  if (!marks.test(text)) throw new Error(`${file} has no place for the table`);
  fs.writeFileSync(
    file,
    text.replace(marks, (_, begin, end) => `${begin}\n${table()}\n\n${end}`),
  );
}
