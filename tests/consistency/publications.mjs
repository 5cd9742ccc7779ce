// publications.mjs - every write of the product is in the table of common/domain/publish.h, or named here
// with the reason why it tells nobody anything.
import { withoutComments } from './tree.mjs';

const TABLE = 'common/domain/publish.h';
const SILENT = {
  'UpdateItem/mark_seen': 'follows UpdateItem/mark_read, which is published',
  'activities/delete': 'a crud that is gone is a 404',
  'erasures/again': 'bookkeeping',
  'erasures/delete': 'the person is hidden already',
  'erasures/step': 'bookkeeping',
  'exports/add': 'the caller asks for it',
  'exports/clear': 'the caller asks for it',
  'exports/ready': 'the caller asks for it',
  'exports/request': 'the caller knows',
  'UpdateItem/block_pair': 'the caller knows; the other person is not told',
  'UpdateItem/block_row': 'the caller knows; the other person is not told',
  'barriers/block': 'the caller knows; the other person is not told',
  'barriers/mute': 'the caller knows',
  'barriers/unblock': 'the caller knows',
  'barriers/unmute': 'the caller knows',
  'bookmarks/add': 'nobody else sees it',
  'bookmarks/remove': 'nobody else sees it',
  'follows/remove': 'takes a notification back',
  'likes/remove': 'takes a notification back',
  'notifications/read': 'the caller knows',
  'purges/cruds': 'what has expired is hidden already',
  'purges/erased_handles': 'what has expired is hidden already',
  'purges/erased_subjects': 'what has expired is hidden already',
  'purges/exports': 'what has expired is hidden already',
  'purges/keys': 'what has expired is hidden already',
  'purges/quotas': 'what has expired is hidden already',
  'purges/withdrawn': 'what has expired is hidden already',
  'quotas/give_back': 'bookkeeping',
  'quotas/take': 'bookkeeping',
  'reports/claim': 'bookkeeping',
  'reports/create': 'moderators look at the list; the reported person is not told',
  'reports/open': 'writes what was looked at into the audit',
  'reports/release': 'bookkeeping',
  'reports/resolve': 'the moderator knows; a suspension is told to live_hub by common/domain/moderation.c',
  'reports/resolved': 'writes what was looked at into the audit',
  'reposts/remove': 'takes a notification back',
  'purges/follows': 'they have ended for everybody',
  'purges/reports': 'moderators see the report without them',
  'feeds/advance': 'an index of what is there',
  'trends/refresh': 'read by the next request',
  'users/register': 'nobody knows the person yet',
  'users/settings_update': 'the caller knows; others read conversations again',
  'users/set_subject': 'not shown',
  'users/suspend': 'bin/aws/people.c ends the streams of the person',
};

// The entries of the table: { constant, event, writes }.
export function publicationsOf(tree) {
  const [, table = ''] = /#define PUBLICATIONS\(X\)((?:.*\\\n)*.*\n)/.exec(tree.read(TABLE)) ?? [];
  return [
    ...table.matchAll(/X\((PUBLISH_\w+),[\s\\]*"(\w+)",[\s\\]*"([^"]*)",[\s\\]*"[^"]*"\)/g),
  ].map(([, constant, event, writes]) => ({ constant, event, writes: writes.split(' ') }));
}

function writesOf(tree) {
  const requests = tree
    .files('common/aws/requests', '.json')
    .map((file) => file.slice('common/aws/requests/'.length, -'.json'.length))
    .filter((name) => !/^(GetItem|Query|BatchGetItem|Scan)\//.test(name));
  const statements = tree
    .files('sql/queries', '.sql')
    .filter((file) => !/^select\b/i.test(tree.read(file).replace(/^\s*--.*$/gm, '').trim()))
    .map((file) => file.slice('sql/queries/'.length, -'.sql'.length));
  return [...requests, ...statements];
}

export default function publications(tree, check) {
  const entries = publicationsOf(tree);
  const published = entries.flatMap(({ writes }) => writes).filter((name) => name !== '-');
  const writes = writesOf(tree);
  const modules = tree
    .files('common/domain', '.c')
    .filter((file) => !file.endsWith('/publish.c'))
    .map((file) => withoutComments(tree.read(file)));
  const document = tree.read('docs/openapi.yaml');
  check(entries.length > 0, `${TABLE} has no entry: X(PUBLISH_…, "event", "WRITE …", "receivers")`);
  for (const name of writes)
    check(
      published.includes(name) || Object.hasOwn(SILENT, name),
      `${name} writes, but ${TABLE} does not say what it publishes; add it there, or to SILENT of ` +
        'tests/consistency/publications.mjs with the reason',
    );
  for (const name of [...published, ...Object.keys(SILENT)])
    check(writes.includes(name), `${name} is in the table of what is published, but is no write`);
  for (const name of Object.keys(SILENT))
    check(!published.includes(name), `${name} is published; delete its line in SILENT`);
  for (const { constant, event } of entries) {
    check(
      modules.some((text) => new RegExp(`\\b${constant}\\b`).test(text)),
      `${constant} is in ${TABLE}, but no module of common/domain/ publishes it`,
    );
    check(
      document.includes(`\`${event}\``),
      `docs/openapi.yaml does not describe the event \`${event}\` of GET /api/live`,
    );
  }
}
