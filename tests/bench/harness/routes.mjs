// routes.mjs - the requests to the hot routes, and the same requests to nginx and DynamoDB without
// the product (the floors).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { assertOk } from '../../api/harness/client.mjs';
import { newPerson } from '../../api/harness/people.mjs';
import { startProxy } from '../../api/harness/proxy.mjs';
import { freePort } from '../../api/harness/stack.mjs';
import { Worker } from '../../faults/harness/worker.mjs';
import { makeConversations, makePeople } from './data.mjs';
import { wire } from './load.mjs';
import { RETURN_PATH, STATIC_PATH, TRIVIAL_PATH } from './services.mjs';

const ROWS = 20;
const CONVERSATIONS = 30; // more than a page
const MESSAGES = 100;
export const TARGETS = 1000; // conversations that receive messages
const TARGETS_OF_ROUTE = 64; // few enough for a worker's cache of members

const WRITTEN = 'A message of the length that people send, neither very short nor very long.';

// Create the people and conversations of the hot routes.
export async function makeWorld(stack, { targets = TARGETS } = {}) {
  const [reader, writer] = [await newPerson(stack), await newPerson(stack)];
  const people = await makePeople(stack, targets);
  const [main] = await makeConversations(stack, reader, people.slice(0, 1), MESSAGES);
  await makeConversations(stack, reader, people.slice(1, CONVERSATIONS));
  const written = await makeConversations(stack, writer, people);
  const token = writer.token;
  const json = { message: WRITTEN, ttl: '30-days' };
  const { uuid: crud } = assertOk(await stack.ask('POST', '/api/activities', { token, json }));
  return { reader, writer, main, written, crud };
}

// Enough data to list the names of the routes.
export const NO_WORLD = { reader: {}, writer: {}, main: {}, written: [] };

// Each route has name, program, method, target, person; body and key, in which load.lua fills the
// placeholders; values: for {1} and {2}; floor: the name of the floor of its throughput.
// aim: the targets. times: worker time in multiples of the trivial program; share: of the floor's
// throughput; postgres: microseconds of PostgreSQL.
export function hotRoutes({ reader, writer, main, written, crud }) {
  const conversation = `/api/messages/${main.group}?limit=${ROWS}`;
  const home = { program: 'activities_home', target: `/api/activities/home?limit=${ROWS}` };
  return [
    {
      name: 'health_check',
      target: '/api/health-check',
      floor: 'trivial',
      aim: { times: 1.2, share: 0.95 },
    },
    {
      name: 'users_short',
      target: '/api/users/@bayko/short',
      floor: 'trivial',
      aim: { times: 2 },
    },
    {
      name: 'activities_home',
      ...home,
      floor: 'trivial',
      aim: { times: 4, share: 0.3, postgres: 130 },
    },
    {
      name: 'activities_home, cached',
      ...home,
      cached: true,
      floor: 'static file',
      aim: { share: 0.8 },
    },
    // The routes about other people ask PostgreSQL only.
    ...[
      ['activities_following', 'GET', `/api/activities/following?limit=${ROWS}`],
      ['users_search', 'GET', `/api/users?term=p&limit=${ROWS}`],
      ['user_people', 'GET', `/api/users/@bayko/followers?limit=${ROWS}`],
      ['user_follow', 'PUT', '/api/users/@bayko/follow'],
      ['activity_bookmark', 'PUT', `/api/activities/${crud}/bookmark`],
    ].map(([name, method, target]) => ({
      name,
      method,
      target,
      person: reader,
      floor: 'trivial',
      aim: {},
    })),
    {
      name: 'message_groups',
      target: `/api/message_groups?limit=${ROWS}`,
      person: reader,
      floor: 'Query, conversations',
      aim: { times: 8, share: 0.8 },
    },
    {
      name: 'messages',
      target: conversation,
      person: reader,
      floor: 'Query, messages',
      aim: { times: 10, share: 0.8 },
    },
    {
      name: 'messages?after=',
      program: 'messages',
      target: `${conversation}&after=${main.last}`,
      person: reader,
      floor: 'Query, newer messages',
      aim: {},
    },
    {
      name: 'message_create',
      method: 'POST',
      target: '/api/messages',
      person: writer,
      body: JSON.stringify({ message_group_uuid: '{1}', message: WRITTEN }),
      key: '{id}',
      values: written.slice(0, TARGETS_OF_ROUTE).map(({ group, other }) => [group, other.uuid]),
      floor: 'TransactWriteItems',
      aim: { times: 14, share: 0.7 },
    },
  ].map((route) => ({ program: route.name, method: 'GET', ...route }));
}

// The request to the route that wrk sends to nginx.
export function requestOf({ method, target, person, body, key, values }, headers = {}) {
  const all = { ...headers };
  if (values) all['Content-Length'] = Buffer.byteLength(body.replace('{1}', values[0][0]));
  if (person) all.Authorization = `Bearer ${person.token}`;
  if (key) all['Idempotency-Key'] = key;
  return wire(method, target, all, body);
}

// The arguments of Worker.ask for the n-th request to a route, with the first of its values.
export function askOf({ method, target, person, body, key, values }, n = 0) {
  const options = { token: person?.token };
  if (key) options.key = `bench-${n}-${randomUUID()}`;
  if (body) options.body = body.replace('{1}', values[0][0]);
  return [method, target, options];
}

// Record the DynamoDB request of a warmed-up route. Returns it with the answer of the route.
async function record(stack, route, proxy, port) {
  const worker = await Worker.start(stack, route.program, {
    env: { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` },
  });
  let answer;
  for (let n = 0; n < 2; n++) {
    proxy.recorded.length = 0;
    answer = assertOk(await worker.ask(...askOf(route)));
  }
  await worker.stop();
  assert.equal(proxy.recorded.length, 1, `requests to DynamoDB of ${route.name}`);
  return { request: proxy.recorded[0], answer };
}

// Replace the parts of a recorded transaction that must be unique by placeholders for load.lua.
function rewrite(text, input, answer, { other }) {
  const key = input.TransactItems.map(({ Put }) => Put?.Item.pk.S.split('#') ?? []).find(
    ([kind]) => kind === 'IDEM',
  );
  const changes = [
    [answer.message_group_uuid, '{1}'],
    [other.uuid, '{2}'],
    [answer.created_at, '{time}'],
    [answer.uuid, '{id}'],
    [input.ClientRequestToken, '{id}'],
    [key.at(-1), '{digest}'],
  ];
  return changes.reduce((changed, [from, to]) => {
    assert.ok(changed.includes(from), `${to} is in the transaction`);
    return changed.replaceAll(from, to);
  }, text);
}

// The requests of the routes to DynamoDB, as recorded from a worker, to be sent to the local one
// directly. Returns arguments for `load`, with a name.
export async function directRequests(stack, routes, { written }) {
  const port = await freePort();
  const proxy = await startProxy(port, stack.ports.DYNAMODB);
  const floors = [];
  for (const route of routes.filter(({ person, floor }) => person && floor !== 'trivial')) {
    const { request, answer } = await record(stack, route, proxy, port);
    const { headers, input } = request;
    let { text } = request;
    let values;
    if (route.values) {
      text = rewrite(text, input, answer, written[0]);
      values = written.slice(TARGETS_OF_ROUTE).map(({ group, other }) => [group, other.uuid]);
    }
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    floors.push({
      name: route.floor,
      port: stack.ports.DYNAMODB,
      request: `POST / HTTP/1.1\r\n${head.join('')}\r\n${text}`,
      values,
    });
  }
  proxy.close();
  return floors;
}

// Requests that nginx answers with less work than a route.
export const nginxFloors = (stack) =>
  [
    ['nginx return', RETURN_PATH],
    ['trivial', TRIVIAL_PATH, 'trivial'],
    ['static file', STATIC_PATH],
  ].map(([name, target, program]) => ({
    name,
    program,
    port: stack.ports.HTTP,
    request: wire('GET', target),
  }));
