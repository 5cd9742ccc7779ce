// storms.mjs - shared by the ledgers and the histories: random faults of both stores, rarely and
// sometimes often for a while, and actions that disturb their servers and the workers.
import { proxies, stack } from '../../api/harness/proxied.mjs';
import { endConnections, pause, signalWorker } from './disorder.mjs';
import * as peer from './peer.mjs';

const FAULTS = [
  peer.refusal(400, 'ProvisionedThroughputExceededException'),
  peer.refusal(500, 'InternalServerError'),
  peer.refusal(503, 'ServiceUnavailable'),
  peer.cancelled('TransactionConflict'),
  peer.cancelled('ThrottlingError'),
  peer.refusal(400, 'TransactionInProgressException'),
  peer.resetBefore,
  peer.resetWithin,
  peer.resetAfter,
  peer.lostAnswer,
  peer.lostAnswer,
  peer.lostAnswer,
  peer.cutBody,
  peer.cutJson,
  peer.wrongCrc,
  peer.hang,
];

// Faults of single calls to DynamoDB, until calmDynamodb. count.injected: their number.
export function stormDynamodb(random, count) {
  let storm = 0;
  proxies.dynamodb.fault = () => {
    proxies.dynamodb.recorded.length = 0; // unused, and it would grow
    if (storm > 0) storm--;
    else if (random(400) === 0) storm = 40;
    if (random(storm > 0 ? 3 : 25) !== 0) return undefined;
    count.injected++;
    return FAULTS[random(FAULTS.length)];
  };
}

export function calmDynamodb() {
  proxies.dynamodb.fault = () => undefined;
}

// Lose answers of PostgreSQL and fail transactions, until calmPostgres. count.injected: the lost
// answers.
export async function stormPostgres(random, count) {
  await stack.sql(`create function ledger_fault() returns trigger language plpgsql as $$ begin
    if random() < 0.03 then raise exception using errcode = '40001'; end if; return null; end $$`);
  for (const table of ['activities', 'likes', 'reposts'])
    await stack.sql(`create constraint trigger ledger_fault after insert or delete on ${table}
      deferrable initially deferred for each row execute function ledger_fault()`);
  let storm = 0;
  proxies.postgres.loses = () => {
    if (storm > 0) storm--;
    else if (random(1000) === 0) storm = 60;
    if (random(storm > 0 ? 5 : 50) !== 0) return false;
    count.injected++;
    return true;
  };
}

export async function calmPostgres() {
  proxies.postgres.loses = () => false;
  await stack.sql('drop function if exists ledger_fault cascade');
}

// Actions for `disorder` that disturb these programs and PostgreSQL.
function disturbWorkers(random, programs) {
  const signal = (name) => () => signalWorker(random, programs, name);
  return [
    signal('SIGKILL'),
    signal('SIGKILL'),
    signal('SIGTERM'),
    endConnections,
    () => stack.local('restart', 'postgres'),
    () => stack.pool('restart', programs[random(programs.length)]),
  ];
}

// The same, and a DynamoDB that pauses.
export const disturbDynamodb = (random, programs) => [
  ...disturbWorkers(random, programs),
  () => pause(stack.dynamodbPid(), 300 + random(1500)),
];

// The same, and a PostgreSQL backend that pauses.
export const disturbPostgres = (random, programs) => [
  ...disturbWorkers(random, programs),
  async () => {
    const rows = await stack.sql(
      "select pid from pg_stat_activity where application_name = 'cruddur'",
    );
    if (rows.length > 0) await pause(Number(rows[random(rows.length)][0]), 300 + random(1500));
  },
];
