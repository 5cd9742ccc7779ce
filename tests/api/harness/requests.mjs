// requests.mjs - a request that succeeds, for each operation of docs/openapi.yaml. Its parameters and
// its body are the examples of the document, or values of a world that a test has created.

// Values of a world that replace examples, by the parameter's component or name, or by the member of
// a body. world: { ann, ben, foe, moderator, group, first, last, request, crud, word, notification, report }:
// two people, somebody to block, a moderator, the conversation of the two, its first and last message, one
// that waits for its receiver (people.mjs), a crud that Ann wrote, a word in it, a notification of Ann, and
// an open report.
const OF_WORLD = {
  Handle: ({ ben }) => ben.handle,
  Group: ({ group }) => group,
  GroupOfMessages: ({ group }) => group,
  Message: ({ first }) => first.uuid,
  Crud: ({ crud }) => crud.uuid,
  Report: ({ report }) => report.uuid,
  activity_uuid: ({ crud }) => crud.uuid,
  term: ({ word }) => word,
  handle: ({ ben }) => ben.handle,
  message_group_uuid: ({ group }) => group,
  message_uuid: ({ last }) => last.uuid,
  notification_uuid: ({ notification }) => notification.uuid,
};

// Operations that need another caller than Ann, or another person than Ben.
const OF_OPERATION = {
  blockUser: ({ foe }) => ({ params: { handle: foe.handle } }), // the others see each other
  unblockUser: ({ foe }) => ({ params: { handle: foe.handle } }),
  readMessageGroup: ({ ben }) => ({ token: ben.token }), // Ann has read her own message
  searchUsers: ({ ann }) => ({ query: `?term=${ann.handle.slice(0, 2)}` }), // all have this start
  createReport: ({ ben }) => ({ token: ben.token }), // the crud is Ann's
  listReports: ({ moderator }) => ({ token: moderator.token }),
  resolveReport: ({ moderator }) => ({ token: moderator.token }),
  acceptMessageGroup: ({ request: { receiver, uuid } }) => ({ token: receiver.token, params: { uuid } }),
  deleteMe: ({ gone }) => ({ token: gone.token }), // once
  getUserCruds: ({ ann }) => ({ params: { handle: ann.handle } }),
  getCrudOfUser: ({ ann }) => ({ params: { handle: ann.handle } }),
};

function valueOf({ id }, name, { component, value }, world) {
  const ofWorld = OF_WORLD[component] ?? OF_WORLD[name];
  if (world && ofWorld) return ofWorld(world);
  if (value.example !== undefined) return value.example;
  throw new Error(
    `docs/openapi.yaml: the parameter ${name} of ${id} has no example; write below it: example: …`,
  );
}

function bodyOf({ id, body }, world) {
  if (body.example === undefined)
    throw new Error(
      `docs/openapi.yaml: the body of ${id} has no example; write below its schema: examples: [{ … }]`,
    );
  const members = Object.entries(body.example).map(([name, value]) => [
    name,
    world && OF_WORLD[name] ? OF_WORLD[name](world) : value,
  ]);
  return Object.fromEntries(members);
}

// The parameters of the pages of people and cruds, which docs/openapi.yaml does not describe.
export const pageOf = ({ ann, crud }) => ({ params: { handle: ann.handle, uuid: crud.uuid } });

// { token, params, query, json }, for `stack.ask` and pathOf. Without a world there is no token.
export function requestOf(operation, world) {
  const { id, parameters, body, security } = operation;
  const required = Object.entries(parameters).filter(([, { value }]) => value.required);
  const valuesIn = (place) =>
    Object.fromEntries(
      required
        .filter(([, { value }]) => value.in === place)
        .map(([name, parameter]) => [name, valueOf(operation, name, parameter, world)]),
    );
  const query = new URLSearchParams(valuesIn('query')).toString();
  const request = { params: valuesIn('path'), query: query && `?${query}` };
  if (security.some(({ bearer }) => bearer)) request.token = world?.ann.token;
  if (body) request.json = bodyOf(operation, world);
  const { params, ...more } = (world && OF_OPERATION[id]?.(world)) ?? {};
  return { ...request, ...more, params: { ...request.params, ...params } };
}

// The path of a pattern with the parameters and the query of a request.
export const pathOf = (pattern, { params = {}, query = '' }) =>
  pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name])) + query;
