// metrics.mjs - /metrics counts requests exactly, even when workers are replaced.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { before, describe, test } from 'node:test';

import { assertOk, assertProblem, sleep } from '../harness/client.mjs';
import { scrape } from '../harness/exposition.mjs';
import { stack } from '../harness/main.mjs';
import { newPair, say } from '../harness/people.mjs';
import { freePort, ROOT } from '../harness/stack.mjs';
import { TABLE } from '../harness/table.mjs';
import { until } from '../harness/until.mjs';

const REQUESTS = 'cruddur_requests_total';
const REFUSED = 'cruddur_nginx_refused_total';

let ann;
let group;

const getMessages = () => stack.ask('GET', `/api/messages/${group}`, { token: ann.token });

// Run `work`. Returns a function of a name and labels: the growth of that metric during it.
async function growth(work) {
  const earlier = await scrape(stack);
  await work();
  const later = await scrape(stack);
  return (name, labels) => later.sum(name, labels) - earlier.sum(name, labels);
}

describe('metrics', () => {
  before(async () => {
    ({ ann, group } = await newPair(stack));
  });

  test('requests are counted once, by route, method and status', async () => {
    const grew = await growth(async () => {
      for (let i = 0; i < 7; i++) assertOk(await getMessages());
      await stack.ask('HEAD', `/api/messages/${group}`, { token: ann.token });
      for (let i = 0; i < 3; i++) await stack.ask('GET', `/api/messages/${group}`);
      await stack.ask('GET', '/api/messages/no-uuid', { token: ann.token });
      await stack.ask('PATCH', `/api/messages/${group}`);
      assertOk(await say(stack, ann, { message_group_uuid: group }, 'counted'));
      await say(stack, ann, { message_group_uuid: group }, ' ');
    });
    const messages = { route: 'messages' };
    assert.equal(grew(REQUESTS, { ...messages, method: 'GET', status: '200' }), 8);
    assert.equal(grew(REQUESTS, { ...messages, status: '401' }), 3);
    assert.equal(grew(REQUESTS, { ...messages, status: '404' }), 1);
    assert.equal(grew(REQUESTS, { ...messages, method: 'other', status: '405' }), 1);
    assert.equal(grew(REQUESTS, messages), 13);
    assert.equal(grew(REQUESTS, { route: 'message_create', method: 'POST', status: '200' }), 1);
    assert.equal(grew(REQUESTS, { route: 'message_create', method: 'POST', status: '422' }), 1);
    for (const histogram of ['duration', 'wait'])
      assert.equal(grew(`cruddur_request_${histogram}_seconds_count`, messages), 13, histogram);
    assert.ok(grew('cruddur_request_duration_seconds_sum', messages) > 0);
    assert.equal(grew(REQUESTS, { route: 'users_short' }), 0);
  });

  test('calls to dependencies are counted by operation', async () => {
    const grew = await growth(async () => {
      for (let i = 0; i < 5; i++) assertOk(await getMessages());
    });
    const calls = (labels) =>
      grew('cruddur_dependency_calls_total', { route: 'messages', ...labels });
    assert.equal(calls({ dependency: 'dynamodb', operation: 'Query', outcome: 'ok' }), 5);
    assert.equal(calls({ operation: 'other' }), 0);
    assert.equal(calls({ outcome: 'failed' }), 0);
    const took = 'cruddur_dependency_duration_seconds_count';
    assert.ok(grew(took, { dependency: 'dynamodb', operation: 'Query' }) >= 5);
  });

  test('counts survive a rolling restart and killed workers', async () => {
    const starts = (seen) => seen.sum('cruddur_worker_starts_total', { route: 'messages' });
    const earlier = starts(await scrape(stack));
    const grew = await growth(async () => {
      for (let i = 0; i < 5; i++) assertOk(await getMessages());
      await stack.pool('restart', 'messages');
      for (let i = 0; i < 5; i++) assertOk(await getMessages());
      const workers = stack.workers('messages');
      for (const pid of workers) process.kill(pid, 'SIGKILL');
      await stack.workersBecome('messages', workers.length, workers);
      for (let i = 0; i < 5; i++) assertOk(await getMessages());
    });
    assert.equal(grew(REQUESTS, { route: 'messages', status: '200' }), 15);
    assert.equal(grew('cruddur_metrics_files_ignored'), 0);
    // A process exists before the worker in it counts its start.
    const workers = stack.workers('messages').length;
    const started = earlier + 2 * workers + 1;
    await until(`${started} starts`, async () => starts(await scrape(stack)) === started);
    assert.equal(grew('cruddur_worker_ends_total', { route: 'messages' }), workers + 1);
  });

  test('counts survive a restart of the metrics worker', async () => {
    const grew = await growth(() => stack.pool('restart', 'metrics'));
    assert.equal(grew(REQUESTS, { route: 'messages' }), 0);
    assert.equal(grew(REQUESTS, { route: 'metrics' }), 1); // the earlier of the two
  });

  test('wanted, running and busy workers are reported for each pool', async () => {
    const running = async (route) =>
      (await scrape(stack)).sum('cruddur_workers_running', { route });
    const seen = await scrape(stack);
    for (const route of stack.programs()) {
      const count = stack.workers(route).length;
      assert.equal(seen.sum('cruddur_workers_wanted', { route }), count, route);
      assert.equal(seen.sum('cruddur_workers_running', { route }), count, route);
      const [{ value }] = seen.samples('cruddur_workers_oldest_start_timestamp_seconds', { route });
      assert.ok(Math.abs(Date.now() / 1000 - value) < 3600, route);
    }
    assert.equal(seen.sum('cruddur_workers_busy'), 1); // the worker that answers

    await stack.pool('scale', 'users_short', '3');
    assert.equal((await scrape(stack)).sum('cruddur_workers_wanted', { route: 'users_short' }), 3);
    await until('three workers run', async () => (await running('users_short')) === 3);
    await stack.pool('scale', 'users_short', '1');
    await until('one worker runs', async () => (await running('users_short')) === 1);
  });

  test('labels have values of fixed lists only, for any request', async () => {
    for (const method of ['PROPFIND', 'GET', 'PUT'])
      for (const target of ['/metrics', '/api/users/@a%22b/short', '/api/messages/x%0Ay'])
        await stack.ask(method, target);
    const { families } = await scrape(stack);
    const values = (label) =>
      new Set(
        [...families.values()].flatMap(({ samples }) =>
          samples.map(({ labels }) => labels[label]).filter((value) => value !== undefined),
        ),
      );
    const routes = [...stack.programs(), 'static', 'none'];
    for (const route of values('route')) assert.ok(routes.includes(route), route);
    for (const status of values('status')) assert.match(status, /^([2-5]\d\d|other)$/);
    for (const method of values('method')) assert.match(method, /^(GET|POST|PUT|DELETE|other)$/);
    assert.deepEqual([...values('dependency')].sort(), ['cognito', 'dynamodb', 'postgresql']);
    assert.ok(!values('status').has('other'));
    assert.ok(!values('operation').has('other'));
  });

  test('every counter of a route is there before it counts', async () => {
    const seen = await scrape(stack);
    const has = (name, labels) =>
      assert.equal(seen.samples(name, labels).length, 1, `${name} ${JSON.stringify(labels)}`);
    const statuses = [200, 202, 204, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503];
    for (const { program: route, method, needs } of TABLE) {
      for (const status of statuses) has(REQUESTS, { route, method, status: String(status) });
      has(REQUESTS, { route, method: 'other', status: '405' });
      for (const status of ['429', '499', '503']) has(REFUSED, { route, status });
      for (const name of needs.split(',').filter((one) => one !== '-')) {
        const dependency = { db: 'postgresql', dynamodb: 'dynamodb', cognito: 'cognito' }[name];
        for (const outcome of ['ok', 'failed'])
          has('cruddur_dependency_outcomes_total', { route, dependency, outcome });
        has('cruddur_dependency_retries_total', { route, dependency });
        has('cruddur_breaker_opened_total', { route, dependency });
        has('cruddur_breaker_refused_total', { route, dependency });
      }
    }
    for (const route of ['static', 'none']) has(REFUSED, { route, status: '429' });
  });

  test('requests that nginx answers without a worker are counted', async () => {
    const route = 'users_short';
    const url = `/api/users/@${ann.handle}/short`;
    const socket = path.join(stack.home, 'run', `${route}.sock`);
    const workers = stack.workers(route);
    const earlier = await scrape(stack);
    const growthOf = async (labels) => {
      const later = await scrape(stack);
      return later.sum(REFUSED, labels) - earlier.sum(REFUSED, labels);
    };

    assertProblem(await stack.ask('GET', '/x.php'), 404, 'not_found');
    assertProblem(await stack.ask('GET', '/api/nothing'), 404, 'not_found');
    assert.equal((await stack.client.raw(Buffer.from('GET /\x01 HTTP/1.1\r\n\r\n'))).status, 400);
    fs.renameSync(socket, `${socket}.away`);
    try {
      assertProblem(await stack.ask('GET', url), 503, 'unavailable');
    } finally {
      fs.renameSync(`${socket}.away`, socket);
    }
    // A client that goes away while the worker does not answer.
    for (const pid of workers) process.kill(pid, 'SIGSTOP');
    try {
      const client = net.connect(stack.ports.HTTP, '127.0.0.1');
      client.write(`GET ${url} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
      await sleep(200); // nginx must have the request; if it does not, it counts nothing
      client.destroy();
      await until('it is counted', async () => (await growthOf({ route, status: '499' })) === 1);
    } finally {
      for (const pid of workers) process.kill(pid, 'SIGCONT');
    }
    assertOk(await stack.ask('GET', url));
    assert.equal(await growthOf({ route, status: '503' }), 1);
    assert.equal(await growthOf({ route: 'static', status: '404' }), 1);
    assert.equal(await growthOf({ route: 'none', status: '404' }), 1);
    assert.equal(await growthOf({ route: 'none', status: '400' }), 1);
    // Answers of workers are not counted twice.
    assertProblem(await stack.ask('GET', '/api/users/@nobody_there/short'), 404, 'not_found');
    assert.equal(await growthOf({ route }), 2);
  });

  test("nginx's connections and the version are reported", async () => {
    const seen = await scrape(stack);
    assert.ok(seen.sum('cruddur_nginx_connections', { state: 'active' }) >= 1);
    assert.equal(seen.sum('cruddur_nginx_connections', { state: 'writing' }), 1);
    const { version } = assertOk(await stack.ask('GET', '/api/health-check'));
    assert.deepEqual(seen.samples('cruddur_build_info'), [
      { name: 'cruddur_build_info', labels: { version }, value: 1 },
    ]);
  });

  test('promtool accepts the metrics, and the tests of the alert rules pass', async () => {
    const { text } = await stack.ask('GET', '/metrics');
    for (const [args, input] of [
      [['check', 'metrics'], text],
      [['test', 'rules', path.join(ROOT, 'tests/alerts.yaml')], ''],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
      assert.equal(status, 0, `${stdout}${stderr}`);
    }
  });

  test('only GET and HEAD are allowed', async () => {
    const answer = await stack.ask('POST', '/metrics', { json: {} });
    assertProblem(answer, 405, 'method_not_allowed');
    const head = await stack.ask('HEAD', '/metrics');
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
  });

  // A second nginx with the same configuration, in a network namespace with a public address.
  test('a client outside of the local networks is refused, as at /api/ready', async () => {
    const port = await freePort();
    const folder = path.join(stack.home, 'outside');
    fs.mkdirSync(folder);
    const configuration = fs
      .readFileSync(path.join(stack.home, 'etc/nginx.conf'), 'utf8')
      .replace(/^pid .*$/m, `pid ${folder}/nginx.pid;\nuser root;`)
      .replace(/include \S*\/listen.conf;/, `listen 0.0.0.0:${port};`)
      .replaceAll(`${stack.home}/log/`, `${folder}/`)
      .replaceAll(`${stack.home}/tmp/`, `${folder}/`);
    fs.writeFileSync(path.join(folder, 'nginx.conf'), configuration);
    const script = `
      ip link set lo up && ip address add 203.0.113.7/32 dev lo
      nginx -e ${folder}/nginx.log -c ${folder}/nginx.conf & pid=$!
      trap 'kill $pid; wait $pid' EXIT
      for try in $(seq 100); do
        curl -s -o /dev/null http://127.0.0.1:${port}/ && break || sleep 0.1
      done
      for from in 127.0.0.1 203.0.113.7; do
        for target in metrics api/ready api/health-check; do
          curl -s -o /dev/null -w '%{http_code} ' --interface $from http://$from:${port}/$target
        done
      done`;
    // Root keeps its user namespace: mapped to another one, it could not open the pools' sockets.
    const apart = process.getuid() === 0 ? '-n' : '-rn';
    const statuses = execFileSync('unshare', [apart, 'sh', '-c', script], { env: stack.env });
    assert.equal(String(statuses).trim(), '200 200 200 403 403 200');
  });
});
