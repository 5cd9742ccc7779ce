// publications.mjs - every write of the product is in the table of common/domain/publish.h, or named here
// with the reason why it tells nobody anything.
import { withoutComments } from './tree.mjs';

const TABLE = 'common/domain/publish.h';
const SILENT = {
  'UpdateItem/mark_seen': 'follows UpdateItem/mark_read, which is published',
  'activities/delete': 'a crud that is gone is a 404',
  'UpdateItem/block_pair': 'the caller knows; the other person is not told',
  'UpdateItem/block_row': 'the caller knows; the other person is not told',
  'barriers/block': 'the caller knows; the other person is not told',
  'barriers/mute': 'the caller knows',
  'barriers/unblock': 'the caller knows',
  'barriers/unmute': 'the caller knows',
  'follows/add': 'the caller knows; the other person sees it on the profile',
  'follows/remove': 'the caller knows',
  'likes/remove': 'takes a notification back',
  'notifications/read': 'the caller knows',
  'quotas/give_back': 'bookkeeping',
  'quotas/take': 'bookkeeping',
  'reposts/remove': 'takes a notification back',
  'users/register': 'nobody knows the person yet',
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
