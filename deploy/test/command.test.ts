// command.test.ts - bin/deploy aws with scripted aws, docker, curl and cdk: what it calls, in which order, and
// where it stops. deploy/snapshot/commands.txt has all calls of a first deploy; UPDATE=1 writes it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';

import { DEPLOY, ROOT } from './files.ts';

const RECORD = path.join(DEPLOY, 'snapshot/commands.txt');
const ACCOUNT = '111122223333';
const TASK = `arn:aws:ecs:ca-central-1:${ACCOUNT}:task/cruddur/0123456789abcdef`;
const ADDRESS = 'https://cruddur.example.com';

// A program that writes down its call, and answers with the first line of `answers` whose pattern matches it:
// pattern, status and text, separated by tabs.
const STUB = `#!/bin/bash
call="\${0##*/} $*"
printf '%s\\n' "$call" >>"$SCRIPT/calls"
[ ! -p /dev/stdin ] || cat >/dev/null
while IFS=$'\\t' read -r pattern status text; do
	if [[ $call =~ $pattern ]]; then
		printf '%b' "$text"
		exit "$status"
	fi
done <"$SCRIPT/answers"
`;

let folder: string;
let tree: string;
let version: string;

const write = (name: string, text: string, mode = 0o644) => {
  const file = path.join(tree, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text, { mode });
};

type Answer = [pattern: RegExp, status: number, text?: string];
const ANSWERS: Answer[] = [
  [/^aws sts get-caller-identity/, 0, `${ACCOUNT}\\n`],
  [/^aws cloudformation .*OutputKey=='Subnets'/, 0, 'subnet-1,subnet-2\\n'],
  [/^aws cloudformation .*OutputKey=='SecurityGroup'/, 0, 'sg-1\\n'],
  [/^aws cloudformation .*OutputKey=='AssetsBucket'/, 0, 'cruddur-pages-assets\\n'],
  [/^aws cloudformation .*OutputKey=='Address'/, 0, `${ADDRESS}\\n`],
  [/^aws ecr describe-images/, 254],
  [/^aws ecr get-login-password/, 0, 'secret\\n'],
  [/^aws ecs run-task/, 0, `${TASK}\\n`],
  [/^aws ecs describe-tasks .*lastStatus/, 0, 'STOPPED\\n'],
  [/^aws ecs describe-tasks .*exitCode/, 0, '0\\n'],
  [/^aws logs get-log-events/, 0, 'cruddur is up to date\\n'],
  [/^curl /, 0, '{"success":true,"version":"VERSION"}'],
];

// Run bin/deploy aws with answers before the usual ones.
function deploy(args: string[] = [], answers: Answer[] = [], env: NodeJS.ProcessEnv = {}) {
  const lines = [...answers, ...ANSWERS].map(
    ([pattern, status, text = '']) =>
      `${pattern.source}\t${status}\t${text.replaceAll('VERSION', version)}\n`,
  );
  fs.writeFileSync(path.join(folder, 'answers'), lines.join(''));
  fs.rmSync(path.join(folder, 'calls'), { force: true });
  const { status, stdout, stderr } = spawnSync(path.join(tree, 'bin/deploy'), ['aws', ...args], {
    encoding: 'utf8',
    cwd: os.tmpdir(),
    timeout: 60_000,
    env: {
      PATH: `${folder}/path:/usr/bin:/bin`,
      HOME: folder,
      TMPDIR: folder,
      SCRIPT: folder,
      AWS_REGION: 'ca-central-1',
      ...env,
    },
  });
  const file = path.join(folder, 'calls');
  const calls = (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')
    .replaceAll(tree, 'CHECKOUT')
    .replaceAll(`${folder}/tmp.`, 'FOLDER.')
    .replace(/FOLDER\.\w+/g, 'FOLDER')
    .replace(/REVISION=[0-9a-f]{40}/g, 'REVISION=…')
    .replaceAll(version, 'VERSION')
    .trim()
    .split('\n');
  return { status, stdout, stderr, calls };
}

// The places of the first calls that match, which must follow each other.
function assertOrder(calls: string[], patterns: RegExp[]): void {
  let last = -1;
  for (const pattern of patterns) {
    const at = calls.findIndex((call, i) => i > last && pattern.test(call));
    assert.ok(at > last, `${pattern} is not called after ${calls[last]}:\n${calls.join('\n')}`);
    last = at;
  }
}
const called = (calls: string[], pattern: RegExp) => calls.some((call) => pattern.test(call));

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cr-deploy-'));
  tree = path.join(folder, 'checkout');
  for (const name of [
    'bin/deploy',
    'bin/deployments/aws',
    'bin/operator.sh',
    'bin/constants',
    'bin/home.sh',
  ]) {
    write(name, '');
    fs.copyFileSync(path.join(ROOT, name), path.join(tree, name));
  }
  fs.mkdirSync(`${folder}/path`);
  for (const name of ['aws', 'docker', 'curl'])
    fs.writeFileSync(`${folder}/path/${name}`, STUB, { mode: 0o755 });
  write('bin/install-tools', STUB, 0o755);
  write('deploy/node_modules/.bin/cdk', STUB, 0o755);
  write('deploy/package-lock.json', '{}');
  write('.gitignore', 'node_modules\n');
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-C', tree, '-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args],
      {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
      },
    );
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'one');
  git('tag', 'v1-of-tests');
  version = git('describe', '--tags', '--always').trim();
});
after(() => fs.rmSync(folder, { recursive: true }));
beforeEach(() => fs.rmSync(path.join(tree, 'deploy/settings.json'), { force: true }));

describe('bin/deploy aws', () => {
  test('makes images, stacks, the database, and then what serves; the record has each call', () => {
    const { status, stdout, stderr, calls } = deploy();
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`${version} serves: ${ADDRESS}\n$`));
    assert.match(stdout, /^cruddur is up to date$/m);
    assertOrder(calls, [
      /^install-tools deploy/,
      /^cdk deploy .* cruddur-registry /,
      /^docker login .* --password-stdin 111122223333\.dkr\.ecr\.ca-central-1\.amazonaws\.com$/,
      /^docker buildx build .*--platform linux\/amd64,linux\/arm64 --target app .*--push/,
      /^docker buildx build .*--platform linux\/amd64,linux\/arm64 --target tools .*--push/,
      /^cdk deploy .* cruddur-network cruddur-data cruddur-people cruddur-pages cruddur-tasks /,
      /^docker buildx build .*--target pages/,
      /^aws s3 sync /,
      /^aws ecs run-task .*cruddur-setup/,
      /^aws ecs describe-tasks .*exitCode/,
      /^cdk deploy .* cruddur-app cruddur-alarms /,
      /^curl .*\/api\/health-check/,
    ]);
    assert.ok(!`${stdout}${stderr}`.includes('secret'), 'a password is printed');
    assert.ok(!calls.join('\n').includes('secret'), 'a password is an argument');
    const record = `${calls.join('\n')}\n`;
    if (process.env.UPDATE) fs.writeFileSync(RECORD, record);
    assert.equal(record, fs.readFileSync(RECORD, 'utf8'), 'run: make check-deploy UPDATE=1');
  });

  test('prepares an account for the CDK once', () => {
    assert.ok(!called(deploy().calls, /^cdk bootstrap/));
    const { status, calls } = deploy(
      [],
      [[/^aws cloudformation describe-stacks --stack-name CDKToolkit/, 254]],
    );
    assert.equal(status, 0);
    assertOrder(calls, [/^cdk bootstrap aws:\/\/111122223333\/ca-central-1 /, /^cdk deploy/]);
  });

  test('deploys nothing when the migration fails, and shows its log', () => {
    const { status, stdout, stderr, calls } = deploy(
      [],
      [
        [/^aws ecs describe-tasks .*exitCode/, 0, '1\\n'],
        [/^aws logs get-log-events/, 0, 'migrate: relation "cruds" exists\\n'],
      ],
    );
    assert.equal(status, 1);
    assert.match(stdout, /^migrate: relation "cruds" exists$/m);
    assert.match(
      stderr,
      /^deploy aws: the database could not be migrated, so nothing was deployed; the old version serves$/m,
    );
    assert.ok(!called(calls, /^cdk deploy .*cruddur-app|^curl/));
  });

  test('deploys nothing when the container of the migration never ran', () => {
    const { status, stderr, calls } = deploy(
      [],
      [
        [/^aws ecs describe-tasks .*exitCode/, 0, 'None\\n'],
        [/^aws ecs describe-tasks .*stoppedReason/, 0, 'CannotPullContainerError\\n'],
      ],
    );
    assert.equal(status, 1);
    assert.match(stderr, /CannotPullContainerError/);
    assert.ok(!called(calls, /^cdk deploy .*cruddur-app/));
  });

  test('stops at the step that fails, and names it', () => {
    for (const [pattern, problem, never] of [
      [/^cdk deploy .*cruddur-registry/, /CloudFormation could not change a stack/, /^docker/],
      [/^aws ecr get-login-password/, /ECR gives no password/, /^docker login/],
      [/^docker login/, /docker cannot log in/, /^docker buildx build/],
      [
        /^docker buildx build .*--target tools/,
        /the build failed; nothing was deployed/,
        /^cdk deploy .*cruddur-network/,
      ],
      [
        /^cdk deploy .*cruddur-network/,
        /CloudFormation could not change a stack/,
        /^aws ecs run-task/,
      ],
      [/^docker buildx build .*--target pages/, /the build failed/, /^aws ecs run-task/],
      [/^aws s3 sync/, /files of the pages could not be copied/, /^aws ecs run-task/],
      [/^aws cloudformation .*Subnets/, /there is no stack cruddur-tasks/, /^aws ecs run-task/],
      [/^aws ecs run-task/, /the task setup could not be started/, /^cdk deploy .*cruddur-app/],
      [
        /^aws ecs describe-tasks .*lastStatus/,
        /the state of the task setup is not known/,
        /^cdk deploy .*cruddur-app/,
      ],
      [
        /^cdk deploy .*cruddur-app/,
        /CloudFormation could not change a stack, and has put it back/,
        /^curl/,
      ],
      [/^aws sts/, /the AWS CLI has no credentials/, /^cdk/],
    ] as const) {
      const { status, stderr, calls } = deploy([], [[pattern, 1]]);
      assert.equal(status, 1, String(pattern));
      assert.match(stderr, problem);
      assert.ok(!called(calls, never), `${pattern}: ${never} is called`);
    }
  });

  test('fails when another version answers in the end', () => {
    const { status, stderr } = deploy(
      ['--wait', '0'],
      [[/^curl /, 0, '{"success":true,"version":"v0"}']],
    );
    assert.equal(status, 1);
    assert.match(
      stderr,
      /v0 answers at https:\/\/cruddur\.example\.com\/api\/health-check instead of/,
    );
    assert.match(deploy(['--wait', '0'], [[/^curl /, 22]]).stderr, /nothing answers at/);
  });

  test('shows the differences, and changes nothing', () => {
    write(
      'deploy/settings.json',
      '{\n  "name": "cruddur",\n  "repository": "example/cruddur"\n}\n',
    );
    const { status, calls } = deploy(['--diff']);
    assert.equal(status, 0);
    assert.ok(
      called(calls, /^cdk diff cruddur-registry .*cruddur-app cruddur-alarms cruddur-pipeline /),
    );
    for (const call of calls)
      assert.match(call, /^(install-tools|cdk diff|aws sts get-caller-identity)/);
  });

  test('deploys a version that exists without a build', () => {
    const exists: Answer[] = [[/^aws ecr describe-images/, 0]];
    const answering: Answer = [/^curl /, 0, '{"version":"v1-7-gabc"}'];
    const { status, calls } = deploy(['--version', 'v1-7-gabc'], [...exists, answering]);
    assert.equal(status, 0);
    assert.ok(!called(calls, /^docker/));
    assertOrder(calls, [/^aws ecs run-task/, /^cdk deploy .*cruddur-app .*-c version=v1-7-gabc/]);
    const missing = deploy(['--version', 'v9']);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /there are no images of v9/);
    assert.ok(!called(missing.calls, /^cdk deploy .*cruddur-network/));
  });

  test('builds only the image that is missing', () => {
    const { status, calls } = deploy([], [[/^aws ecr describe-images .*cruddur\/app/, 0]]);
    assert.equal(status, 0);
    assert.ok(!called(calls, /--target app/) && called(calls, /--target tools/));
  });

  test('uses the settings', () => {
    write('deploy/settings.json', '{\n  "name": "other",\n  "size": "large"\n}\n');
    const { calls } = deploy();
    assert.ok(
      called(calls, /^cdk deploy .*other-network .*-c settings=CHECKOUT\/deploy\/settings\.json/),
    );
    assert.ok(
      called(
        calls,
        /--tag 111122223333\.dkr\.ecr\.ca-central-1\.amazonaws\.com\/other\/app:VERSION/,
      ),
    );
    assert.ok(called(calls, /^aws ecs run-task --cluster other --task-definition other-setup /));
    const wrong = deploy(['--settings', '/nonexistent.json']);
    assert.match(wrong.stderr, /there is no \/nonexistent\.json/);
  });

  test("runs an operators' command inside the network, with its status", () => {
    const { status, stdout, calls } = deploy(
      ['run', 'people/show', 'a "b"\\'],
      [
        [/^aws ecs describe-tasks .*exitCode/, 0, '3\\n'],
        [/^aws logs get-log-events .*operate\/operate\/0123456789abcdef/, 0, 'londo\\n'],
      ],
    );
    assert.equal(status, 3);
    assert.match(stdout, /londo/);
    const run = calls.find((call) => /^aws ecs run-task/.test(call))!;
    const [, overrides] = /--overrides (\{.*\}) --query/.exec(run)!;
    assert.deepEqual(JSON.parse(overrides!), {
      containerOverrides: [{ name: 'operate', command: ['people/show', 'a "b"\\'] }],
    });
    assert.ok(!called(calls, /^(cdk|docker)/));
  });

  test('refuses a checkout with changes, and names what is missing', () => {
    write('new', 'x');
    fs.writeFileSync(
      path.join(tree, 'bin/home.sh'),
      fs.readFileSync(path.join(tree, 'bin/home.sh'), 'utf8') + '\n',
    );
    try {
      const { status, stderr, calls } = deploy();
      assert.equal(status, 1);
      assert.match(stderr, /this checkout has changes that are not committed/);
      assert.ok(!called(calls, /^cdk/));
    } finally {
      fs.copyFileSync(path.join(ROOT, 'bin/home.sh'), path.join(tree, 'bin/home.sh'));
    }
    assert.match(deploy([], [], { AWS_REGION: '' }).stderr, /no region is chosen; set AWS_REGION/);
    for (const [args, problem] of [
      [['--version'], /--version needs a value/],
      [['run'], /run needs a command/],
      [['--what'], /unknown argument --what/],
    ] as const) {
      const { status, stderr, calls } = deploy([...args]);
      assert.equal(status, 2);
      assert.match(stderr, problem);
      assert.deepEqual(calls, ['']);
    }
  });
});
