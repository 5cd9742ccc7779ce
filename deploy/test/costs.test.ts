// costs.test.ts - the estimate of costs: its arithmetic, and that each size is large enough for its people.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { demandOf, documentOf, estimate, measured, stepped } from '../costs/estimate.mjs';
import { type Json, json, read } from './files.ts';

const { prices, model } = json('deploy/costs/parameters.json');

test('docs/deploy.md has the tables', () => {
  assert.ok(read('docs/deploy.md') === documentOf(), 'run: node deploy/costs/estimate.mjs');
});

test('the units and times are those that were measured', () => {
  const figures = measured();
  for (const { what, units, bench } of model.operations) {
    if (units) assert.ok(figures.units(units).reads >= 0, what);
    for (const value of Object.values(figures.times(bench)))
      assert.ok((value as number) >= 0, what);
  }
  assert.deepEqual(figures.units('mark as read'), { reads: 1, writes: 8 });
  assert.throws(() => figures.units('fly'), /has no figures for fly/);
  assert.throws(() => measured('no table'), /has no \| operation/);
});

test('the requests of a person add up', () => {
  const figures = {
    units: (name: string) => ({ reads: 2, writes: name.includes('Idempotency-Key') ? 10 : 0 }),
    times: () => ({ workers: 100, nginx: 50, postgresql: 10 }),
  };
  const operations = [
    { what: 'read', perDay: 3, units: 'read', bench: 'x' },
    { what: 'send', perDay: 2, units: 'with an Idempotency-Key', bench: 'x' },
    { what: 'feed', perDay: 1, bench: 'x' },
  ];
  assert.deepEqual(demandOf({ operations }, figures), {
    requests: 6,
    reads: 10,
    writes: 20,
    messages: 2,
    replicaUs: 900,
    postgresqlUs: 60,
  });
});

test('prices fall in steps', () => {
  const steps = [
    [10, 0],
    [20, 2],
    [null, 1],
  ];
  assert.deepEqual(
    [0, 10, 15, 20, 30].map((amount) => stepped(steps, amount)),
    [0, 0, 10, 20, 30],
  );
});

test('each price has its page and the list its date', () => {
  assert.match(prices.date, /^20\d\d-\d\d$/);
  for (const [name, { price, page }] of Object.entries<Json>(prices.usd)) {
    assert.match(page, /^https:\/\/aws\.amazon\.com\/\S+\/pricing\//, name);
    assert.ok(price, name);
  }
});

test('each size is large enough for the people it is meant for', () => {
  for (const { name, size, need } of estimate()) {
    assert.ok(need.replicas <= size.replica.max, name);
    assert.ok(need.edges <= size.edge.max, name);
    assert.ok(need.reads <= size.table.reads && need.writes <= size.table.writes, name);
    assert.ok(need.streams <= size.replica.min * size.replica.streams * 2, name);
    assert.ok(need.postgresqlProcessors < 2, name);
  }
});

test('the costs of more people are less for each', () => {
  const found = estimate().map(
    ({ size, costs }: Json) =>
      Object.values<number>(costs).reduce((a, b) => a + b) / size.dailyUsers,
  );
  assert.deepEqual(
    found,
    [...found].sort((a, b) => b - a),
  );
  assert.equal(found.length, 3);
});
