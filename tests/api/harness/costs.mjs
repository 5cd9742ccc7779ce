// costs.mjs - what each route may cost, for tests/api/areas/costs.mjs: every entry of the table of
// routes (bin/routes) has one here.

// An item of a conversation is at most 4.5 KB: a text of 1,024 characters of 4 bytes and its names.
// A consistent read costs a unit per 4 KB, a page reads one item more than it shows.
export const PAGE_ITEMS = 101;
const PAGE = Math.ceil((PAGE_ITEMS * 4.5) / 4);
// A page of cruds: each is found by its index, and read with its author, its like, repost and bookmark.
const FEED = 5 * PAGE_ITEMS;
const ITEM = 2; // units of the read of one item
// The rows of a request that concerns a few rows: the caller, a person, a crud, with their triggers.
const FEW = 40;

const place = (name, uuid) => ({ query: `?${name}=${uuid}&limit=100` });
const ALL = { query: '?limit=100' };

// By route: the bounds reads and writes (units of DynamoDB), rows (of PostgreSQL), accounts (GetUser);
// a bound that is not named is 0, that of rows FEW. more: worse requests than the good one of
// harness/requests.mjs, as changes to it; instead: a change to the good one itself.
// world: that of harness/requests.mjs, with more of everything than one page.
export const COSTS = {
  'GET /api/health-check': { rows: 0 },
  'GET /api/ready': { reads: 1 },
  'GET /metrics': { rows: 0 },
  'GET /@{handle}': {},
  'GET /@{handle}/status/{uuid}': {},

  'GET /api/message_groups': {
    reads: PAGE,
    rows: 2 * PAGE_ITEMS + FEW,
    more: ({ request: { receiver } }) => [
      ALL,
      { token: receiver.token, query: '?state=request&limit=100' },
    ],
  },
  'GET /api/message_groups/@{handle}': { reads: 1 + ITEM },
  'GET /api/message_groups/{uuid}': {
    reads: 3 * ITEM, // a row may be at one of two places, and move
    more: ({ request: { receiver, uuid }, unused }) => [
      { token: receiver.token, params: { uuid } },
      { params: { uuid: unused.uuid } },
    ],
  },
  'DELETE /api/message_groups/{uuid}': {
    writes: 6,
    more: ({ request: { receiver, uuid }, unused }) => [
      { token: receiver.token, params: { uuid } },
      { params: { uuid: unused.uuid } },
    ],
  },
  // Both rows, a transaction that moves one of them; then both are shown to their members.
  'PUT /api/message_groups/{uuid}/accept': {
    reads: 8 * ITEM,
    writes: 24,
    more: ({ group }) => [{ params: { uuid: group } }],
  },
  'GET /api/message_groups/{uuid}/members': { reads: ITEM },
  'PUT /api/message_groups/{uuid}/read': {
    reads: PAGE + 3 * ITEM,
    writes: 16,
    instead: ({ first }) => ({ json: { message_uuid: first.uuid } }), // hundreds come after it
    more: ({ middle, last, first, foreign, version4 }) =>
      [middle, last, first, foreign, version4].map(({ uuid }) => ({
        json: { message_uuid: uuid },
      })),
  },

  'POST /api/message_groups/{uuid}/typing': { reads: ITEM },

  'GET /api/messages/{group_uuid}': {
    reads: PAGE + 2 * ITEM,
    more: ({ first, middle, foreign, version4 }) => [
      ALL,
      ...['after', 'before', 'around'].flatMap((name) =>
        [first, middle, foreign, version4].map(({ uuid }) => place(name, uuid)),
      ),
    ],
  },
  'POST /api/messages': {
    reads: 8 * ITEM, // an answer to a request: both rows, twice; then both see it
    writes: 24 + 12, // a message of 4.5 KB twice, and small items; an answer accepts before it
    more: ({ ben, group, stranger, long, pending }) => [
      { json: { message: long, message_group_uuid: group } },
      { json: { message: long, message_group_uuid: group }, key: `cost-${group}` },
      { json: { message: long, handle: ben.handle } },
      { json: { message: long, handle: stranger }, key: `cost-${stranger}` },
      // A third message and a fourth one to somebody who has not accepted; then an answer.
      ...['third', 'fourth'].map((key) => ({
        token: pending.ann.token,
        json: { message: long, message_group_uuid: pending.group },
        key,
      })),
      { token: pending.ben.token, json: { message: long, message_group_uuid: pending.group } },
    ],
  },
  'DELETE /api/messages/{group_uuid}/{uuid}': {
    reads: PAGE + 4 * ITEM,
    writes: 24,
    more: ({ group, last, foreign, version4, unused }) =>
      [last, foreign, version4, unused].map(({ uuid }) => ({
        params: { group_uuid: group, uuid },
      })),
  },

  'GET /api/live': {},

  // Of a word that very many have: 500 people with it, my latest 500, and the 500 whom most follow.
  'GET /api/users': {
    rows: 12_000,
    more: ({ ann }) =>
      ['p', 'm', 'an', `@${ann.handle}`, 'a '.repeat(140)].map((term) => ({
        query: `?${new URLSearchParams({ term })}&limit=100`,
      })),
  },
  // The latest 50 people of my latest 100, and the 500 whom most follow.
  'GET /api/users/suggested': { rows: 20_000, more: () => [ALL] },
  'GET /api/users/@{handle}/short': {},
  'PUT /api/users/@{handle}/follow': {},
  'DELETE /api/users/@{handle}/follow': {},
  // The pair, the rows of both or the pair again; then the relation as it is by then.
  'PUT /api/users/@{handle}/block': { reads: 4 * ITEM, writes: 8 },
  'DELETE /api/users/@{handle}/block': { reads: 4 * ITEM, writes: 8 },
  'PUT /api/users/@{handle}/mute': {},
  'DELETE /api/users/@{handle}/mute': {},
  'GET /api/users/me/blocks': { rows: 10 * PAGE_ITEMS, more: () => [ALL] },
  'GET /api/users/me/mutes': { rows: 10 * PAGE_ITEMS, more: () => [ALL] },
  // Each person with their counts; beside the page it counts the cruds of each.
  'GET /api/users/@{handle}/followers': { rows: 10 * PAGE_ITEMS, more: () => [ALL] },
  'GET /api/users/@{handle}/following': { rows: 10 * PAGE_ITEMS, more: () => [ALL] },
  'GET /api/users/me/settings': {},
  'PUT /api/users/me/settings': {},
  'GET /api/handles/{handle}': { more: () => [{ params: { handle: 'x' } }] },
  // Beside the page it counts all unread notifications.
  'GET /api/users/me': { reads: PAGE, rows: 10_000 },
  // One person, who has nothing.
  'DELETE /api/users/me': { rows: 60 },
  'GET /api/users/me/export': {},
  'PUT /api/profile/update': { reads: PAGE, rows: 10_000 },
  'POST /api/profile/update': { reads: PAGE, rows: 10_000 },

  // Each report with three people and 6 messages, each of these with its author.
  'GET /api/reports': {
    rows: 20 * PAGE_ITEMS,
    more: () => [ALL, { query: '?state=resolved&limit=100' }],
  },
  // The row, the place, 6 messages.
  'POST /api/reports': {
    reads: 2 * ITEM + 7,
    more: ({ ann, group, first, middle, last, version4 }) => [
      ...[first, middle, last, version4].map(({ uuid }) => ({
        json: { message_group_uuid: group, message_uuid: uuid, reason: 'spam' },
      })),
      { json: { message_group_uuid: group, reason: 'spam' } },
      { json: { handle: ann.handle, reason: 'spam' }, key: `cost-${group}` },
    ],
  },
  // A message that is removed costs what its deletion costs. A suspension, which locks everything that
  // the person has written, is not here.
  'POST /api/reports/{uuid}': {
    rows: 2 * FEW,
    reads: PAGE + 4 * ITEM,
    writes: 24,
    more: ({ ofMessage }) => [
      { params: { uuid: ofMessage.uuid }, json: { action: 'remove', note: 'cost' } },
    ],
  },

  'GET /api/activities/home': { rows: FEED, more: () => [ALL] },
  // Two pages of entries for each followed person; of more than 200 people, the newest of everybody.
  'GET /api/activities/following': { rows: 40 * PAGE_ITEMS, more: () => [ALL] },
  'GET /api/activities/ending': { rows: FEED, more: () => [ALL] },
  'GET /api/activities/notifications': {
    rows: 2 * FEED,
    more: () => [ALL, { query: `${ALL.query}&kind=mentions` }],
  },
  // All that are unread are marked: it costs what made them.
  'PUT /api/activities/notifications/read': { rows: 20_000 },
  // A search ranks the newest 200 results. It reads whole spans of 17 minutes, here all cruds, in four
  // nodes of its plan.
  'GET /api/activities/bookmarks': { rows: 2 * FEED, more: () => [ALL] },
  'GET /api/activities/search': {
    rows: 6_000,
    more: ({ ann, word }) =>
      [word, 'zzzzz', `-${word}`, `@${ann.handle}`, `${word} -rest`, 'a '.repeat(140)].map(
        (term) => ({
          query: `?${new URLSearchParams({ term })}&limit=100`,
        }),
      ),
  },
  // Beside the page it counts all cruds of the person.
  'GET /api/activities/@{handle}': {
    rows: FEED + 10_000,
    more: () => [ALL, { query: '?kind=replies&limit=100' }, { query: '?kind=reposts&limit=100' }],
  },
  'POST /api/activities': { more: () => [{ key: 'cost-crud' }] },
  // Of the 40 cruds that one answers, each is found and looked at; 20 are read.
  'GET /api/activities/{uuid}': {
    rows: FEED + 40 * 3 + 20 * 5,
    more: ({ deepest }) => [ALL, { params: { uuid: deepest.uuid } }],
  },
  'GET /api/activities/@{handle}/status/{uuid}': { rows: FEED, more: () => [ALL] },
  'DELETE /api/activities/{uuid}': { instead: ({ other }) => ({ params: { uuid: other.uuid } }) },
  'POST /api/activities/{uuid}/reply': { more: () => [{ key: 'cost-reply' }] },
  'PUT /api/activities/{uuid}/like': {},
  'DELETE /api/activities/{uuid}/like': {},
  'PUT /api/activities/{uuid}/repost': {},
  'DELETE /api/activities/{uuid}/repost': {},
  'PUT /api/activities/{uuid}/bookmark': {},
  'DELETE /api/activities/{uuid}/bookmark': {},
  'GET /api/trends': { rows: 500 },
};
