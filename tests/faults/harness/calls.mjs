// calls.mjs - a world of three people, and for each program a request that succeeds in it.
import { assertOk } from '../../api/harness/client.mjs';
import { OPERATIONS } from '../../api/harness/openapi.mjs';
import { newHandle, newModerator, newPair, newPerson, newRequest } from '../../api/harness/people.mjs';
import { pageOf, pathOf, requestOf } from '../../api/harness/requests.mjs';
import { TABLE } from '../../api/harness/table.mjs';

// A report that stays open, however often it is resolved: a second resolution would be a 409.
async function openReport(stack, { ben }, crud) {
  await stack.sql(
    `create or replace function stay_open() returns trigger language plpgsql as $$ begin
       new.resolved_at := null;
       new.resolver_uuid := null;
       new.action := null;
       return new;
     end $$;
     create or replace trigger stay_open before update on reports
       for each row when (new.note = 'stays open') execute function stay_open()`,
  );
  const json = { activity_uuid: crud.uuid, reason: 'other', note: 'stays open' };
  assertOk(await stack.ask('POST', '/api/reports', { token: ben.token, json }), 204);
  const [[uuid]] = await stack.sql(`select uuid from reports where activity_uuid = '${crud.uuid}'`);
  return { uuid };
}

// Ann and Ben with a conversation, and a crud that Ann wrote and Ben likes
// (tests/api/harness/requests.mjs).
export async function newWorld(stack) {
  const { ann, ben, group, first } = await newPair(stack);
  const word = 'crud';
  const crud = assertOk(
    await stack.ask('POST', '/api/activities', {
      token: ann.token,
      json: { message: `a ${word}`, ttl: '1-day' },
    }),
  );
  const like = { token: ben.token };
  assertOk(await stack.ask('PUT', `/api/activities/${crud.uuid}/like`, like));
  const list = { token: ann.token };
  const [notification] = assertOk(await stack.ask('GET', '/api/activities/notifications', list));
  const [foe, gone] = [await newPerson(stack), await newPerson(stack)];
  const moderator = await newModerator(stack);
  const report = await openReport(stack, { ben }, crud);
  const request = await newRequest(stack, ann);
  return { ann, ben, foe, gone, request, moderator, group, first, last: first, crud, word, notification, report };
}

// The request for an entry of the table: { target, token, json, key }; key() returns a new key.
export function requestFor({ method, pattern }, world) {
  const operation = OPERATIONS.find((one) => one.method === method && one.path === pattern);
  if (!operation) return { target: pathOf(pattern, pageOf(world)) }; // for operators, and pages
  const { params, query: own, token, json } = requestOf(operation, world);
  // A page of one row has a link to the next page, where there are more.
  const query = operation.parameters.limit ? `${own ? `${own}&` : '?'}limit=1` : own;
  const key = operation.parameters['Idempotency-Key'] && (() => newHandle('key'));
  return { target: pathOf(pattern, { params, query }), token, json, key };
}

// Requests that create come last: after a new message, an older one can no longer be marked as read.
const ORDER = ['GET', 'PUT', 'DELETE', 'POST'];

// By program, a function that returns the arguments of `Worker.ask`. Each request succeeds any number
// of times; one that creates something gets a new key each time.
export function callsOf(world) {
  const calls = {};
  for (const method of ORDER)
    for (const entry of TABLE.filter((one) => one.method === method)) {
      const { target, token, json, key } = requestFor(entry, world);
      const body = json && JSON.stringify(json);
      calls[entry.program] ??= () => [method, target, { token, body, key: key?.() }];
    }
  return calls;
}
