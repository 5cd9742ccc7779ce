// services.mjs - adds pools and locations for make bench to a stack, and finds the processes behind
// a request.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { sleep } from '../../api/harness/client.mjs';
import { constant } from '../../api/harness/local.mjs';
import { freePort, ROOT } from '../../api/harness/stack.mjs';
import { programEnvironment } from '../../faults/harness/worker.mjs';
import { family } from './processes.mjs';

const run = promisify(execFile);

export const RETURN_PATH = '/bench/return';
export const TRIVIAL_PATH = '/bench/trivial';
export const STATIC_PATH = '/bench-feed.json';

const append = (stack, file, text) => fs.appendFileSync(path.join(stack.home, 'etc', file), text);

// Add a pool with the program `file`, as bin/render does, and an upstream with its name.
// environment: additional variables, in the syntax of supervisor.
export function addPool(stack, name, file, workers, environment = '') {
  const program = path.join(stack.home, 'app/fcgi', name);
  fs.copyFileSync(file, program);
  fs.chmodSync(program, 0o755);
  const socket = path.join(fs.realpathSync(path.join(stack.home, 'run')), `${name}.sock`);
  const lines = [
    `[fcgi-program:${name}]`,
    `command=${program}`,
    `socket=unix://${socket}`,
    'socket_mode=0700',
    `socket_backlog=${constant('backlog') * workers}`,
    'process_name=%(process_num)02d',
    `numprocs=${workers}`,
    'priority=500',
    'stdout_logfile=NONE',
    'stderr_logfile=NONE',
  ];
  if (environment) lines.push(`environment=${environment}`);
  append(stack, 'bench.ini', `${lines.join('\n')}\n\n`);
  append(
    stack,
    'upstreams.conf',
    `upstream ${name} { server unix:${socket} max_fails=0; server unix:${socket} max_fails=0; }\n`,
  );
}

// The floors of nginx: a fixed answer, the trivial program, and a static file.
export function addFloors(stack, workers, feed) {
  addPool(stack, 'trivial', path.join(ROOT, 'build/bench/trivial'), workers);
  append(
    stack,
    'locations.conf',
    `location = ${RETURN_PATH} {
	set $route return;
	default_type application/json;
	return 200 '{"success":true}';
}
location = ${TRIVIAL_PATH} {
	set $route trivial;
	fastcgi_pass trivial;
}
`,
  );
  fs.writeFileSync(path.join(stack.home, 'app/www', STATIC_PATH), feed);
}

// Add a virtual host `name`, whose home feed comes from the pool `name`.
export function addFeed(stack, name) {
  append(
    stack,
    'upstreams.conf',
    `server {
	listen 127.0.0.1:${stack.ports.HTTP};
	server_name ${name};
	location = /api/activities/home {
		fastcgi_pass ${name};
	}
}
`,
  );
}

// Add a second nginx for the same pools that caches anonymous feeds for a second, as in production;
// a local run does not. Returns its port.
export async function addCachingNginx(stack) {
  const home = path.join(stack.home, 'caching');
  const port = await freePort();
  const owner = fs.statSync(path.join(stack.home, 'log'));
  fs.mkdirSync(home);
  for (const name of ['app', 'run'])
    fs.symlinkSync(path.join(stack.home, name), path.join(home, name));
  await run(path.join(home, 'app/bin/render'), [home], {
    env: {
      ...programEnvironment(stack),
      FRONTEND_URL: stack.url,
      BACKEND_URL: stack.url,
      CRUDDUR_HTTP_PORT: String(port),
      CRUDDUR_FEED_CACHE: '1',
      CRUDDUR_RATE_ADDRESS: '0',
      CRUDDUR_RATE_TOKEN: '0',
      CRUDDUR_RATE_CONNECTIONS: '0',
    },
  });
  for (const name of ['tmp', 'log']) {
    fs.mkdirSync(path.join(home, name), { recursive: true, mode: 0o700 });
    fs.chownSync(path.join(home, name), owner.uid, owner.gid);
  }
  const file = path.join(home, 'etc/nginx.conf');
  const text = fs.readFileSync(file, 'utf8').replace(/^pid .*$/m, `pid ${home}/log/nginx.pid;`);
  fs.writeFileSync(file, text);
  append(
    stack,
    'bench.ini',
    `[program:caching-nginx]
command=/usr/sbin/nginx -e ${home}/log/nginx.log -c ${file}
stopsignal=QUIT
priority=900

`,
  );
  return port;
}

const pidOf = (file) => Number(fs.readFileSync(file, 'utf8').split('\n')[0]);

// Make supervisor and nginx load the added configuration.
export async function reload(stack) {
  const nginx = pidOf(path.join(stack.home, 'run/nginx.pid'));
  const before = family(nginx).filter((pid) => pid !== nginx);
  const supervisor = path.join(stack.home, 'etc/supervisord.conf');
  await run('supervisorctl', ['-c', supervisor, 'update']);
  process.kill(nginx, 'SIGHUP');
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`${stack.url}${TRIVIAL_PATH}`);
    await answer.text();
    // The nginx workers with the old configuration exit when the new ones listen.
    if (answer.status === 200 && !family(nginx).some((pid) => before.includes(pid))) return;
    await sleep(50);
  }
  throw new Error(`nginx does not load the new configuration; see ${stack.home}/log/nginx.log`);
}

// The processes behind a request, by their name in the tables.
export function processesOf(stack, program) {
  const nginx = ['run/nginx.pid', 'caching/log/nginx.pid'].map((file) =>
    path.join(stack.home, file),
  );
  return {
    workers: program ? stack.workers(program) : [],
    nginx: nginx.flatMap((file) => family(pidOf(file))),
    postgres: family(pidOf(path.join(stack.home, 'data/postgres/postmaster.pid'))),
    dynamodb: [stack.dynamodbPid()],
  };
}
