// exposition.mjs - a strict parser of Prometheus' text format 0.0.4.
import assert from 'node:assert/strict';

const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (\+Inf|\d+(?:\.\d+)?)$/;
const LABEL = /^([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/;

function labelsOf(text, line) {
  const labels = {};
  for (let rest = text; rest;) {
    const match = LABEL.exec(rest);
    assert.ok(match, line);
    assert.ok(!(match[1] in labels), line);
    labels[match[1]] = match[2];
    rest = rest.slice(match[0].length);
  }
  return labels;
}

// The family that a sample of this name belongs to.
const familyOf = (name, families) =>
  families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));

// The buckets of each histogram are cumulative, and the +Inf bucket equals the count.
function checkHistogram(family) {
  const groups = new Map();
  for (const { name, labels, value } of family.samples) {
    const { le, ...rest } = labels;
    const key = JSON.stringify(rest);
    if (!groups.has(key)) groups.set(key, { buckets: [] });
    const group = groups.get(key);
    if (name.endsWith('_bucket'))
      group.buckets.push([le === '+Inf' ? Infinity : Number(le), value]);
    else group[name.endsWith('_sum') ? 'sum' : 'count'] = value;
  }
  for (const [key, { buckets, sum, count }] of groups) {
    const where = `${family.name} ${key}`;
    assert.ok(sum >= 0, where);
    assert.deepEqual(buckets.at(-1), [Infinity, count], where);
    for (let i = 1; i < buckets.length; i++) {
      assert.ok(buckets[i][0] > buckets[i - 1][0], where);
      assert.ok(buckets[i][1] >= buckets[i - 1][1], where);
    }
  }
}

export class Exposition {
  constructor(text) {
    this.families = new Map();
    let current;
    assert.ok(text.endsWith('\n'));
    for (const line of text.slice(0, -1).split('\n')) {
      const [, what, name, rest] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? [];
      if (what === 'HELP') {
        assert.ok(!this.families.has(name), `${name} appears twice`);
        current = { name, samples: [] };
        this.families.set(name, current);
      } else if (what === 'TYPE') {
        assert.equal(name, current.name, line);
        assert.equal(current.type, undefined, line);
        assert.match(rest, /^(counter|gauge|histogram)$/, line);
        current.type = rest;
        assert.equal(rest === 'counter', name.endsWith('_total'), line);
      } else {
        const match = SAMPLE.exec(line);
        assert.ok(match, line);
        assert.equal(familyOf(match[1], this.families), current, `${line} is outside its family`);
        current.samples.push({
          name: match[1],
          labels: labelsOf(match[2], line),
          value: Number(match[3]),
        });
      }
    }
    for (const family of this.families.values()) {
      const keys = family.samples.map(({ name, labels }) => JSON.stringify([name, labels]));
      assert.equal(new Set(keys).size, keys.length, `${family.name} has a duplicate sample`);
      if (family.type === 'histogram') checkHistogram(family);
    }
  }

  // The sum of the samples with this name and (at least) these labels.
  sum(name, labels = {}) {
    return this.samples(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  samples(name, labels = {}) {
    const family = familyOf(name, this.families);
    assert.ok(family, `there is no ${name}`);
    return family.samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  }
}

// The current metrics of a stack.
export async function scrape(stack) {
  const answer = await stack.ask('GET', '/metrics');
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4');
  return new Exposition(answer.text);
}
