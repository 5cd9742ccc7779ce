// metrics.mjs - metrics are explained, alerts have an entry in the runbook and a test, routes have a group.
import { stem, withoutComments } from './tree.mjs';

const metricsIn = (text) =>
  new Set(
    [...text.matchAll(/\bcruddur_[a-z_]+/g)].map(([name]) =>
      name.replace(/_(bucket|sum|count)$/, ''),
    ),
  );

// The groups of the objectives: a program is in exactly one, or in the list of those in none.
function groups(tree, check, rules) {
  const [, none] = /group by \(route\) \(\w+\{route!~"([^"]*)"\}\)/.exec(rules) ?? [];
  const patterns = [...rules.matchAll(/"group", "(\w+)", "route",\s+"([^"]*)"/g)];
  for (const program of tree.files('fcgi', '.c').map(stem)) {
    const found = [...patterns.map(([, , pattern]) => pattern), none].filter((pattern) =>
      new RegExp(`^(?:${pattern})$`).test(program),
    );
    check(
      found.length === 1,
      `${program} is in ${found.length} groups of docs/metrics/alerts.yaml (cruddur:route_group:info); write it into one`,
    );
  }
  for (const [, name] of patterns)
    check(
      tree.read('docs/operations.md').includes(`\n| \`${name}\` | `),
      `docs/operations.md does not explain the group ${name}; write in its chapter Alerts: | \`${name}\` | … |`,
    );
}

export default function metrics(tree, check) {
  const section = (title) =>
    new RegExp(`^## ${title}$([^]*?)^## `, 'm').exec(tree.read('docs/operations.md'))?.[1] ?? '';
  const source = tree.common('exposition.c');
  const exposed = metricsIn(withoutComments(tree.read(source)));
  const explained = metricsIn(section('Metrics'));
  check(exposed.size > 0, `${source} writes no metric`);
  for (const name of exposed)
    check(
      explained.has(name),
      `docs/operations.md does not explain ${name}; write in its chapter Metrics: | \`${name}\` | … |`,
    );
  for (const name of explained)
    check(
      exposed.has(name),
      `docs/operations.md explains ${name}, but ${source} does not write it`,
    );
  for (const file of [...tree.files('docs/metrics'), 'tests/alerts.yaml']) {
    const used = metricsIn(tree.read(file));
    check(used.size > 0, `${file} uses no metric`);
    for (const name of used)
      check(exposed.has(name), `${file} uses ${name}, but ${source} does not write it`);
  }

  const rules = tree.read('docs/metrics/alerts.yaml');
  groups(tree, check, rules);
  const alerts = [...rules.matchAll(/^\s*- alert: (\w+)/gm)].map(([, name]) => name);
  const runbook = [...section('Alerts').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  const tested = tree.read('tests/alerts.yaml').replace(/^\s*#.*$/gm, '');
  check(alerts.length > 0, 'docs/metrics/alerts.yaml has no alert');
  for (const name of alerts) {
    check(
      runbook.includes(name),
      `docs/operations.md has no entry for the alert ${name}; write in its chapter Alerts: ### ${name}`,
    );
    check(
      rules.includes(`docs/operations.md#${name.toLowerCase()}\n`),
      `${name} does not point to its entry; write: runbook: docs/operations.md#${name.toLowerCase()}`,
    );
    check(
      // A rule that never fires is not tested.
      new RegExp(`\\balertname: ${name}\\b(?!, exp_alerts: \\[\\])`).test(tested),
      `tests/alerts.yaml does not test ${name}; write: - alertname: ${name}`,
    );
  }
  for (const name of runbook)
    check(
      alerts.includes(name),
      `docs/operations.md has an entry for ${name}, but docs/metrics/alerts.yaml has no such alert`,
    );
  check(
    alerts.filter((name) => runbook.includes(name)).join() ===
      runbook.filter((name) => alerts.includes(name)).join(),
    `the entries of docs/operations.md are not in the order of the alerts: ${alerts.join(', ')}`,
  );
}
