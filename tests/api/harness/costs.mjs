// costs.mjs - what each route may cost, for tests/api/areas/costs.mjs: every entry of the table of
// routes (bin/routes) has one here.

// An item of a conversation is at most 4.5 KB: a text of 1,024 characters of 4 bytes and its names.
// A consistent read costs a unit per 4 KB, a page reads one item more than it shows.
export const PAGE_ITEMS = 101;
const PAGE = Math.ceil((PAGE_ITEMS * 4.5) / 4);
// A page of cruds: each is found by its index, and read with its author, its like and its repost.
const FEED = 4 * PAGE_ITEMS;
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

  'GET /api/message_groups': { reads: PAGE, rows: 2 * PAGE_ITEMS + FEW, more: () => [ALL] },
  'GET /api/message_groups/@{handle}': { reads: 1 + ITEM },
  'GET /api/message_groups/{uuid}': { reads: ITEM },
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
    reads: 4 * ITEM,
    writes: 24, // a message of 4.5 KB twice, and small items
    more: ({ ben, group, stranger, long }) => [
      { json: { message: long, message_group_uuid: group } },
      { json: { message: long, message_group_uuid: group }, key: `cost-${group}` },
      { json: { message: long, handle: ben.handle } },
      { json: { message: long, handle: stranger }, key: `cost-${stranger}` },
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
  'GET /api/handles/{handle}': { more: () => [{ params: { handle: 'x' } }] },
  // Beside the page it counts all unread notifications.
  'GET /api/users/me': { reads: PAGE, rows: 10_000 },
  'PUT /api/profile/update': { reads: PAGE, rows: 10_000 },
  'POST /api/profile/update': { reads: PAGE, rows: 10_000 },

  'GET /api/activities/home': { rows: FEED, more: () => [ALL] },
  // Two pages of entries for each followed person; of more than 200 people, the newest of everybody.
  'GET /api/activities/following': { rows: 40 * PAGE_ITEMS, more: () => [ALL] },
  'GET /api/activities/ending': { rows: FEED, more: () => [ALL] },
  'GET /api/activities/notifications': { rows: 2 * FEED, more: () => [ALL] },
  // All that are unread are marked: it costs what made them.
  'PUT /api/activities/notifications/read': { rows: 20_000 },
  // A search ranks the newest 200 results. It reads whole spans of 17 minutes, here all cruds, in four
  // nodes of its plan.
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
  'GET /api/activities/@{handle}': { rows: FEED + 10_000, more: () => [ALL] },
  'POST /api/activities': { more: () => [{ key: 'cost-crud' }] },
  'GET /api/activities/{uuid}': { rows: FEED, more: () => [ALL] },
  'GET /api/activities/@{handle}/status/{uuid}': { rows: FEED, more: () => [ALL] },
  'DELETE /api/activities/{uuid}': { instead: ({ other }) => ({ params: { uuid: other.uuid } }) },
  'POST /api/activities/{uuid}/reply': { more: () => [{ key: 'cost-reply' }] },
  'PUT /api/activities/{uuid}/like': {},
  'DELETE /api/activities/{uuid}/like': {},
  'PUT /api/activities/{uuid}/repost': {},
  'DELETE /api/activities/{uuid}/repost': {},
};
