// estimate.mjs - what an installation of each size costs in a month: the units of DynamoDB and the processor
// time of docs/performance.md, the sizes of sizes.json, and the prices and assumptions of parameters.json.
// As a command it writes the tables into docs/deploy.md; `print` only prints them.
// Run as: node deploy/costs/estimate.mjs [print]
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENT = path.join(ROOT, 'docs/deploy.md');
const BEGIN = '<!-- deploy/costs/estimate.mjs writes from here -->\n';
const END = '<!-- to here: costs -->\n';
const HOURS = 730; // of a month
const GB = 1024 ** 3;

const json = (name) => JSON.parse(fs.readFileSync(new URL(name, import.meta.url), 'utf8'));
const number = (text) => Number(text.replaceAll(',', ''));

// The rows of a table of Markdown, by their first cell.
function tableAfter(text, heading) {
  const from = text.indexOf(heading);
  if (from < 0) throw new Error(`docs/performance.md has no ${heading.trim()}`);
  const lines = text.slice(from).split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return new Map(
    lines.slice(0, end).map((line) => {
      const [name, ...cells] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [name, cells];
    }),
  );
}

const rowOf = (table, name) => {
  const row = table.get(name);
  if (!row) throw new Error(`docs/performance.md has no figures for ${name}`);
  return row;
};

// The measured figures: units of an operation; microseconds of workers, nginx and PostgreSQL of a route.
export function measured(text = fs.readFileSync(path.join(ROOT, 'docs/performance.md'), 'utf8')) {
  const units = tableAfter(text, '| operation | read units |');
  const times = tableAfter(text, '| µs of processor time per request |');
  return {
    units: (name) => {
      const [reads, writes] = rowOf(units, name).map(number);
      return { reads, writes };
    },
    times: (name) => {
      const [workers, , nginx, postgresql] = rowOf(times, name).map(number);
      return { workers, nginx, postgresql };
    },
  };
}

// The requests of one person in a day, and their units and processor time.
export function demandOf({ operations }, figures) {
  const sum = { requests: 0, reads: 0, writes: 0, messages: 0, replicaUs: 0, postgresqlUs: 0 };
  for (const { perDay, units, bench } of operations) {
    const { reads, writes } = units ? figures.units(units) : { reads: 0, writes: 0 };
    const { workers, nginx, postgresql } = figures.times(bench);
    sum.requests += perDay;
    sum.reads += perDay * reads;
    sum.writes += perDay * writes;
    sum.messages += /Idempotency-Key/.test(units ?? '') ? perDay : 0;
    sum.replicaUs += perDay * (workers + nginx);
    sum.postgresqlUs += perDay * postgresql;
  }
  return sum;
}

// How much of a size its people need at the busiest time.
export function needOf(size, model, demand) {
  const people = size.dailyUsers;
  const perSecond = (people * demand.requests * model.peakPerMean) / 86_400;
  const processors = (us) => (people * us * model.peakPerMean) / 86_400 / 1e6 / model.busyShare;
  const streams = people * model.onlineAtPeak;
  const count = (part, needed) =>
    Math.max(part.min, Math.ceil(needed / (part.cpu / 1024)), Math.ceil(streams / part.streams));
  const edgeUs = demand.requests * model.edgeUs;
  return {
    perSecond,
    streams,
    replicas: count(size.replica, processors(demand.replicaUs)),
    edges: count(size.edge, processors(edgeUs)),
    postgresqlProcessors: processors(demand.postgresqlUs),
    reads: (people * demand.reads * model.peakPerMean) / 86_400,
    writes: (people * demand.writes * model.peakPerMean) / 86_400,
  };
}

// The price of an amount whose price falls in steps: [[up to, price of one], …].
export function stepped(steps, amount) {
  let sum = 0;
  let from = 0;
  for (const [to, price] of steps) {
    const part = Math.min(amount, to ?? Infinity) - from;
    if (part <= 0) break;
    sum += part * price;
    from += part;
  }
  return sum;
}

// Dollars a month, by service.
export function costsOf(size, { prices, model }, demand, alarms) {
  const usd = Object.fromEntries(
    Object.entries(prices.usd).map(([name, { price }]) => [name, price]),
  );
  const need = needOf(size, model, demand);
  const people = size.dailyUsers;
  const requests = people * demand.requests * model.days;
  const task = ({ cpu, memory }) =>
    HOURS * ((cpu / 1024) * usd.fargate_cpu_hour + (memory / 1024) * usd.fargate_gb_hour);
  const logsGb = (requests * model.logBytesPerRequest) / GB;
  const tableGb =
    (people * demand.messages * model.days * model.messagesKeptMonths * model.messageBytes) / GB;
  const databaseGb = Math.max(
    size.database.storage,
    (people * model.monthlyPerDaily * model.databaseBytesPerPerson) / GB,
  );
  const zones = size.database.multiAz ? 2 : 1;
  const perHour = requests / model.days / 24;
  const balancerUnits = Math.max(
    perHour / 3600 / 25,
    (people * model.onlineOnAverage) / 3000,
    (perHour * model.balancerBytesPerRequest) / GB,
    perHour / 3600 / 1000,
  );
  const cloudfrontGb = (people * model.cloudfrontBytesPerDay * model.days) / GB;
  return {
    'Fargate: replicas': need.replicas * task(size.replica),
    'Fargate: edges': need.edges * task(size.edge),
    'Fargate: jobs': task({ cpu: 256, memory: 512 }),
    'RDS: PostgreSQL':
      zones * (HOURS * usd.database_hour[size.database.class] + databaseGb * usd.database_gb),
    'DynamoDB: units':
      (people *
        model.days *
        (demand.reads * usd.read_units_million + demand.writes * usd.write_units_million)) /
      1e6,
    'DynamoDB: storage, with recovery': tableGb * (usd.table_gb + usd.table_recovery_gb),
    Cognito: stepped(usd.person, people * model.monthlyPerDaily),
    CloudFront:
      (Math.max(0, requests - 10e6) / 1e6) * usd.cloudfront_request_million +
      stepped(usd.cloudfront_gb, cloudfrontGb),
    'load balancer': HOURS * (usd.balancer_hour + balancerUnits * usd.balancer_unit_hour),
    'NAT gateways':
      size.natGateways * HOURS * (usd.nat_hour + usd.address_hour) + logsGb * usd.nat_gb,
    'CloudWatch: logs and alarms':
      logsGb * usd.logs_gb + alarms.metric * usd.alarm + alarms.composite * usd.composite_alarm,
    'secrets, images, names':
      3 * usd.secret +
      model.registryGb * usd.registry_gb +
      (need.edges * HOURS * 3600 * usd.names_million) / 1e6,
  };
}

// The alarms of the stored template.
export function alarmsOf(template) {
  const types = Object.values(template.Resources).map(({ Type: type }) => type);
  const count = (type) => types.filter((one) => one === type).length;
  return {
    metric: count('AWS::CloudWatch::Alarm'),
    composite: count('AWS::CloudWatch::CompositeAlarm'),
  };
}

const dollars = (value) =>
  value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
const row = (cells) => `| ${cells.join(' | ')} |`;
function table(head, rows) {
  return [row(head), row(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(row)].join(
    '\n',
  );
}

export function estimate() {
  const parameters = json('parameters.json');
  const sizes = json('../sizes.json');
  const figures = measured();
  const demand = demandOf(parameters.model, figures);
  const alarms = alarmsOf(json('../snapshot/cruddur-alarms.template.json'));
  return Object.entries(sizes).map(([name, size]) => ({
    name,
    size,
    demand,
    need: needOf(size, parameters.model, demand),
    costs: costsOf(size, parameters, demand, alarms),
  }));
}

export function tables() {
  const { prices, model } = json('parameters.json');
  const found = estimate();
  const { demand } = found[0];
  const whole = (value) => Math.ceil(value).toLocaleString('en-US');
  const sums = found.map(({ costs }) => Object.values(costs).reduce((a, b) => a + b));
  const services = Object.keys(found[0].costs);
  return [
    `Prices: ${prices.region}, ${prices.date}. ${prices.checked}.`,
    '',
    table(
      ['dollars a month', ...found.map(({ size }) => `${whole(size.dailyUsers)} people a day`)],
      [
        ['size', ...found.map(({ name }) => `\`${name}\``)],
        ...services.map((service) => [
          service,
          ...found.map(({ costs }) => dollars(costs[service])),
        ]),
        ['**sum**', ...sums.map((sum) => `**${dollars(sum)}**`)],
        ['for a person', ...found.map(({ size }, i) => (sums[i] / size.dailyUsers).toFixed(4))],
      ],
    ),
    '',
    table(
      ['at the busiest time', ...found.map(({ name }) => `\`${name}\``)],
      [
        ['requests a second', ...found.map(({ need }) => whole(need.perSecond))],
        ['streams', ...found.map(({ need }) => whole(need.streams))],
        [
          'replicas, of at most',
          ...found.map(({ need, size }) => `${need.replicas} of ${size.replica.max}`),
        ],
        [
          'edges, of at most',
          ...found.map(({ need, size }) => `${need.edges} of ${size.edge.max}`),
        ],
        [
          'processors that PostgreSQL needs',
          ...found.map(({ need }) => need.postgresqlProcessors.toFixed(2)),
        ],
        ['read units a second', ...found.map(({ need }) => whole(need.reads))],
        ['write units a second', ...found.map(({ need }) => whole(need.writes))],
      ],
    ),
    '',
    `A daily person sends ${demand.requests} requests a day and ${demand.messages} messages, and consumes`,
    `${demand.reads} read units and ${demand.writes} write units. The busiest time has ${model.peakPerMean} times the mean.`,
    '',
    table(
      ['a daily person', 'times a day', 'read units', 'write units'],
      model.operations.map(({ what, perDay, units }) => {
        const { reads, writes } = units ? measured().units(units) : { reads: 0, writes: 0 };
        return [what, perDay, reads, writes];
      }),
    ),
    '',
  ].join('\n');
}

// The document with the tables as they should be.
export function documentOf(text = fs.readFileSync(DOCUMENT, 'utf8')) {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from)
    throw new Error(`docs/deploy.md has no place for the costs: ${BEGIN}${END}`);
  return `${text.slice(0, from)}${BEGIN}\n${tables()}\n${text.slice(to)}`;
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === import.meta.filename) {
  if (process.argv[2] === 'print') console.log(tables());
  else fs.writeFileSync(DOCUMENT, documentOf());
}
