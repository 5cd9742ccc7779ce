// resolver.mjs - a resolver that does not answer: a worker that has to look up a name answers 503
// within its time budget, and ends when it is told to.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { assertProblem } from '../../api/harness/client.mjs';
import { newPerson } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';
import { Worker } from '../harness/worker.mjs';

const ANSWER_MS_MAX = 5000; // the time budget and a second
const ADDRESS = '127.0.53.53'; // resolv.conf knows no ports, so the address must be free

// A mount namespace and port 53 require root.
if (os.userInfo().uid === 0)
  describe('a resolver that does not answer', () => {
    let ann;
    let silent;
    let asked = 0;
    let wrap;

    before(async () => {
      ann = await newPerson(stack);
      silent = dgram.createSocket({ type: 'udp4', reuseAddr: true });
      silent.on('message', () => {
        asked++;
      });
      await new Promise((resolve) => silent.bind(53, ADDRESS, resolve));
      const file = path.join(stack.home, 'resolv.conf');
      fs.writeFileSync(file, `nameserver ${ADDRESS}\n`);
      // The worker alone sees this resolv.conf.
      const mount = `mount --bind ${file} /etc/resolv.conf && exec "$@"`;
      wrap = ['unshare', '--mount', 'sh', '-c', mount, 'sh'];
    });

    after(() => silent.close());

    for (const [what, program, env, target] of [
      [
        'PostgreSQL',
        'users_me',
        { CONNECTION_URL: 'postgresql://cruddur:x@db.cruddur.example/cruddur' },
        '/api/users/me',
      ],
      [
        'DynamoDB',
        'message_groups',
        { AWS_ENDPOINT_URL_DYNAMODB: 'http://dynamodb.cruddur.example' },
        '/api/message_groups',
      ],
      [
        'both',
        'ready',
        {
          CONNECTION_URL: 'postgresql://cruddur:x@db.cruddur.example/cruddur',
          AWS_ENDPOINT_URL_DYNAMODB: 'http://dynamodb.cruddur.example',
        },
        '/api/ready',
      ],
    ])
      test(`${what} by name: 503 within the time budget`, async () => {
        const worker = await Worker.start(stack, program, { env, wrap });
        asked = 0;
        for (let i = 0; i < 3; i++) {
          const answer = await worker.ask('GET', target, { token: ann.token });
          assertProblem(answer, 503, 'unavailable');
          assert.ok(answer.ms < ANSWER_MS_MAX, `${answer.ms} ms`);
        }
        assert.ok(asked > 0, 'the resolver was asked');
        assert.deepEqual(await worker.stop(), { code: 0, signal: null }, worker.log);
      });
  });
