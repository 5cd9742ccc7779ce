// meter.mjs - what a request costs: the capacity units of DynamoDB that it consumes, the rows of
// PostgreSQL that it reads, and its calls of Cognito.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { until } from './until.mjs';

const READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems'];

// auto_explain writes the plan of each statement with the rows that it has read, those of triggers
// and functions included. A scan of the whole table is the best plan for the small tables of a test,
// so it is forbidden; the area plans shows that large ones are not scanned.
const SETTINGS = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
};

// The rows that a node of a plan and those below it read from tables and indexes.
function rowsOf(node) {
  const below = (node.Plans ?? []).reduce((sum, child) => sum + rowsOf(child), 0);
  if (!('Relation Name' in node || 'Index Name' in node) || node['Node Type'] === 'ModifyTable')
    return below;
  const removed = Object.entries(node)
    .filter(([name]) => name.startsWith('Rows Removed by '))
    .reduce((sum, [, rows]) => sum + rows, 0);
  // A plan that was only explained has no actual rows.
  return below + ((node['Actual Rows'] ?? 0) + removed) * (node['Actual Loops'] ?? 0);
}

// The plans in a part of PostgreSQL's log, each { text, rows }.
function plansIn(log) {
  const found = log.matchAll(/LOG: {2}duration: [\d.]+ ms {2}plan:\n((?:\t.*\n)+)/g);
  return [...found].map(([, lines]) => {
    const plan = JSON.parse(lines.replace(/^\t/gm, ''));
    return { text: plan['Query Text'], rows: rowsOf(plan.Plan) };
  });
}

// Make DynamoDB report the units that each request through `proxy` consumes; spend(kind, units,
// operation) gets them, kind is 'reads' or 'writes'. A refused write consumes units, too, but the
// service does not tell how many.
export function countUnits(proxy, spend) {
  proxy.fault =
    ({ operation, input }) =>
    async ({ outgoing, forward }) => {
      const asked = { ...input, ReturnConsumedCapacity: 'INDEXES' };
      const { status, headers, body } = await forward(JSON.stringify(asked));
      const { ConsumedCapacity: consumed = [] } = JSON.parse(body);
      const units = [consumed].flat().reduce((sum, { CapacityUnits: one }) => sum + one, 0);
      spend(READS.includes(operation) ? 'reads' : 'writes', units, operation);
      outgoing.writeHead(status, headers).end(body);
    };
}

export class Meter {
  // stack, proxies: of harness/proxied.mjs.
  constructor(stack, proxies) {
    this.stack = stack;
    this.proxies = proxies;
    this.log = path.join(stack.home, 'log/postgres.log');
    this.marks = 0;
  }

  // Make PostgreSQL report the rows of each statement. Workers connect to it again.
  async begin() {
    for (const [name, value] of Object.entries(SETTINGS))
      await this.stack.sql(`alter database cruddur set ${name} = '${value}'`);
    await this.stack.sql(
      'select pg_terminate_backend(pid) from pg_stat_activity ' +
        'where datname = current_database() and pid <> pg_backend_pid()',
    );
  }

  async end() {
    for (const name of Object.keys(SETTINGS))
      await this.stack.sql(`alter database cruddur reset ${name}`);
  }

  // Write a mark into PostgreSQL's log, and wait until it is there: the log is written by supervisor,
  // later than the answers are sent. Returns the plans between `from` and the mark.
  async mark(from) {
    const mark = `select 'mark ${++this.marks}'`;
    await this.stack.sql(mark);
    const plansBefore = () => {
      const plans = plansIn(fs.readFileSync(this.log).subarray(from).toString());
      const end = plans.findIndex(({ text }) => text.trim() === mark);
      return end >= 0 && plans.slice(0, end);
    };
    return until(`${this.log} has ${mark}`, plansBefore, { everyMs: 20 });
  }

  // Send a request until a worker is free. Returns { answer, cost } of the last try: cost is { reads,
  // writes, rows, accounts }, and what they were spent on: requests, statements.
  measure(send) {
    return until('a worker is free', async () => {
      this.cost = { reads: 0, writes: 0, rows: 0, accounts: 0, requests: [], statements: [] };
      await this.mark(fs.statSync(this.log).size);
      const from = fs.statSync(this.log).size;
      const { dynamodb, cognito } = this.proxies;
      const [read, asked] = [dynamodb.recorded.length, cognito.recorded.length];
      countUnits(dynamodb, (kind, units, operation) => {
        this.cost[kind] += units;
        this.cost.requests.push(`${operation} ${units}`);
      });
      const answer = await send();
      dynamodb.fault = () => undefined;
      if (answer.status === 503) return undefined;
      assert.equal(this.cost.requests.length, dynamodb.recorded.length - read);
      const plans = await this.mark(from);
      this.cost.rows = plans.reduce((sum, { rows }) => sum + rows, 0);
      this.cost.statements = plans.map(({ text, rows }) => `${rows} rows: ${text.slice(0, 200)}`);
      this.cost.accounts = cognito.recorded
        .slice(asked)
        .filter(({ operation }) => operation === 'GetUser').length;
      return { answer, cost: this.cost };
    });
  }
}
