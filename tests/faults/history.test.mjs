// history.test.mjs - the checker of histories finds what it must find: each test spoils one thing
// in a history that is right.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { check, explain } from './harness/history.mjs';

const GROUP = 'group';
const [ANN, BEN] = ['ann', 'ben'];
const NAMES = { [ANN]: 'Ann A', [BEN]: 'Ben B' };
const otherOf = (person) => (person === ANN ? BEN : ANN);
const timeOf = (number) => `2026-01-01T00:00:00.${String(number).padStart(6, '0')}+00:00`;

// A history of one conversation. Operations follow one another, unless a test changes their places.
class Past {
  constructor() {
    this.operations = [];
    this.people = [ANN, BEN].map((handle) => ({ handle, name: NAMES[handle] }));
    this.staleMs = 1000;
  }

  add(kind, person, members, answer, status = 200) {
    const called = this.operations.length * 10;
    const returned = status === null ? Infinity : called + 5;
    const operation = {
      kind,
      person,
      called,
      returned,
      calledMs: called * 1000,
      returnedMs: returned * 1000,
      status,
      answer,
      ...members,
    };
    this.operations.push(operation);
    return operation;
  }

  message(number, person, message = `text ${number}`) {
    const created_at = timeOf(number);
    return { uuid: `m${number}`, handle: person, display_name: NAMES[person], message, created_at };
  }

  send(number, person, status = 200) {
    const answer = { message_group_uuid: GROUP, ...this.message(number, person) };
    const members = { with: otherOf(person), text: `text ${number}` };
    return this.add('send', person, members, status && answer, status);
  }

  page(person, messages, { place = {}, limit = 20, whole = false } = {}) {
    const members = { with: otherOf(person), group: GROUP, place, limit, whole };
    return this.add('page', person, members, messages);
  }

  row(person, last, unread_count, { read = null, seen = null } = {}) {
    const other = otherOf(person);
    return {
      uuid: GROUP,
      handle: other,
      display_name: NAMES[other],
      message: last.message,
      message_uuid: last.uuid,
      created_at: last.created_at,
      unread_count,
      read_message_uuid: read,
      seen: seen ? [{ handle: other, message_uuid: seen }] : [],
    };
  }

  show(person, ...row) {
    return this.add('show', person, { with: otherOf(person) }, this.row(person, ...row));
  }

  list(person, ...row) {
    return this.add('list', person, {}, [this.row(person, ...row)]);
  }

  remove(number, person, status = 204) {
    return this.add('delete', person, { with: otherOf(person), uuid: `m${number}` }, '', status);
  }

  read(number, person, status = 204) {
    return this.add('read', person, { with: otherOf(person), uuid: `m${number}` }, '', status);
  }

  me(person, unread) {
    return this.add('me', person, {}, unread);
  }

  rename(person, name, status = 200) {
    return this.add('rename', person, { name }, {}, status);
  }
}

// Ann writes 1, 2 and 4, Ben writes 3 and reads 2; Ann deletes 1.
function past() {
  const told = new Past();
  for (const [number, person] of [
    [1, ANN],
    [2, ANN],
    [3, BEN],
    [4, ANN],
  ])
    told.send(number, person);
  told.read(2, BEN);
  told.remove(1, ANN);
  const gone = told.message(1, ANN, null);
  const rest = [told.message(2, ANN), told.message(3, BEN), told.message(4, ANN)];
  told.all = told.page(ANN, [gone, ...rest]);
  told.page(BEN, rest.slice(1), { limit: 2 });
  told.page(BEN, rest.slice(1), { place: { after: timeOf(2) } });
  told.page(BEN, [gone], { place: { before: timeOf(2) } });
  told.page(BEN, rest.slice(0, 2), { place: { around: timeOf(3) }, limit: 2 });
  told.bens = told.list(BEN, rest[2], 1, { read: 'm2' });
  told.anns = told.show(ANN, rest[2], 1, { seen: 'm2' });
  told.me(BEN, 1);
  told.me(ANN, 1);
  return told;
}

const rulesOf = (told) => [...new Set(check(told).map(({ rule }) => rule))].sort();

test('a right history has no violation', () => {
  assert.equal(explain(check(past())), '');
});

test('the explanation names the rule and shows the operations that contradict each other', () => {
  const told = past();
  told.all.answer.splice(2, 1);
  const lines = explain(check(told)).split('\n');
  assert.match(lines[0], /^lost: /);
  assert.equal(lines.length, 3);
  assert.match(lines[1], /ben send .*text 3/);
  assert.match(lines[2], /ann page/);
});

// Faults, the rules that find them, and how they come into the history.
const WRONG = [
  ['an acknowledged message is missing at the end', 'lost', (told) => told.all.answer.pop()],
  [
    'a page after a message lacks one',
    'lost',
    (told) => {
      told.page(BEN, [told.message(4, ANN)], { place: { after: timeOf(2) } });
    },
  ],
  [
    'a page before a message lacks one',
    'lost',
    (told) => {
      const [first, , third] = told.all.answer;
      told.page(BEN, [first, third], { place: { before: timeOf(4) } });
    },
  ],
  [
    'a page around a message lacks one',
    'lost',
    (told) => {
      const messages = [told.all.answer[0], told.message(3, BEN)];
      told.page(BEN, messages, { place: { around: timeOf(3) }, limit: 2 });
    },
  ],
  [
    'a page overtakes a message that is not acknowledged yet',
    'lost',
    (told) => {
      told.send(5, ANN).returned = 1000;
      told.send(6, BEN);
      const { answer } = told.all;
      told.page(ANN, [...answer, told.message(6, BEN)]);
      told.page(ANN, [...answer, told.message(5, ANN), told.message(6, BEN)]).called = 1001;
    },
  ],
  [
    'a conversation is missing in a list',
    'lost',
    (told) => {
      told.bens.answer = [];
    },
  ],
  [
    'a conversation is not found',
    'lost',
    (told) => {
      told.anns.status = 404;
    },
  ],
  [
    'the last message of a row is an older one',
    'lost',
    (told) => told.show(BEN, told.message(3, BEN), 0, { read: 'm2' }),
  ],
  [
    'a text is gone that nobody deleted',
    'lost',
    (told) => {
      told.all.answer[1].message = null;
    },
  ],
  [
    'a message is stored twice',
    'doubled',
    (told) => {
      const twice = { ...told.message(4, ANN), uuid: 'm5', created_at: timeOf(5) };
      told.page(ANN, [...told.all.answer, twice]);
    },
  ],
  [
    'a repeated request without an answer is executed twice',
    'doubled',
    (told) => {
      told.send(5, ANN, null);
      const twice = { ...told.message(5, ANN), uuid: 'm6', created_at: timeOf(6) };
      told.page(ANN, [...told.all.answer, told.message(5, ANN), twice]);
    },
  ],
  [
    'a page has a message twice',
    'doubled,reordered',
    (told) => told.all.answer.push(told.all.answer[3]),
  ],
  [
    'two people have two conversations',
    'doubled',
    (told) => {
      told.operations[2].answer.message_group_uuid = 'another';
    },
  ],
  [
    'a message appears that nobody sent',
    'invented',
    (told) => told.page(ANN, [...told.all.answer, told.message(5, BEN)]),
  ],
  [
    'a page has a message from the other side of its place',
    'invented',
    (told) => told.page(ANN, told.all.answer, { place: { after: timeOf(1) } }),
  ],
  [
    'the time of a message changes',
    'changed',
    (told) => {
      told.all.answer[3].created_at = timeOf(9);
    },
  ],
  [
    'a message is by somebody else',
    'changed',
    (told) => {
      told.all.answer[2] = told.message(3, ANN);
    },
  ],
  ['a page is not in order', 'reordered', (told) => told.all.answer.reverse()],
  [
    'a message that was sent later has an earlier time',
    'reordered',
    (told) => {
      const [second, third] = told.operations.slice(1);
      [second.called, third.called] = [third.called, second.called];
      [second.returned, third.returned] = [third.returned, second.returned];
    },
  ],
  [
    'a message that was seen before another was sent has a later time',
    'reordered',
    (told) => {
      const early = told.page(BEN, [told.message(4, ANN)], { limit: 1 });
      told.operations[3].returned = Infinity;
      told.operations[3].status = null;
      [told.operations[3].called, early.called, early.returned] = [11, 12, 13];
    },
  ],
  [
    'two messages have one time',
    'reordered',
    (told) => {
      told.send(5, ANN).answer.created_at = timeOf(6);
      told.send(6, ANN);
      const fifth = { ...told.message(5, ANN), created_at: timeOf(6) };
      told.page(ANN, [fifth], { limit: 1 });
    },
  ],
  [
    'a text is shown after its deletion',
    'deleted',
    (told) => {
      told.all.answer[0].message = 'text 1';
    },
  ],
  [
    'a text is shown after somebody saw its deletion, which has no answer',
    'deleted',
    (told) => {
      const deletion = told.operations.find(({ kind }) => kind === 'delete');
      [deletion.status, deletion.returned] = [null, Infinity];
      told.page(ANN, [told.message(1, ANN), ...told.all.answer.slice(1)]);
    },
  ],
  [
    'a list shows the deleted text of the last message',
    'deleted',
    (told) => {
      told.remove(4, ANN);
      told.list(BEN, told.message(4, ANN), 0, { read: 'm2' });
    },
  ],
  [
    'the unread count of a row is too high',
    'unread',
    (told) => told.show(BEN, told.message(4, ANN), 2, { read: 'm2' }),
  ],
  [
    'the unread count of a row is too low',
    'unread',
    (told) => told.show(BEN, told.message(4, ANN), 0, { read: 'm2' }),
  ],
  [
    'a deleted message still counts as unread',
    'unread',
    (told) => {
      told.remove(4, ANN);
      told.show(BEN, told.message(4, ANN, null), 1, { read: 'm2' });
    },
  ],
  ['the sum of unread messages is too high', 'unread', (told) => told.me(BEN, 2)],
  ['the sum of unread messages is too low', 'unread', (told) => told.me(ANN, 0)],
  [
    'a read mark moves back',
    'mark',
    (told) => {
      told.read(1, BEN);
      told.show(BEN, told.message(4, ANN), 2, { read: 'm1' });
    },
  ],
  [
    'an acknowledged read is not there',
    'mark',
    (told) => {
      told.read(4, BEN);
      told.show(BEN, told.message(4, ANN), 1, { read: 'm2' });
    },
  ],
  [
    'a read mark is where nobody put it',
    'mark',
    (told) => told.show(BEN, told.message(4, ANN), 1, { read: 'm3' }),
  ],
  [
    'what the other has seen moves back',
    'mark',
    (told) => told.show(ANN, told.message(4, ANN), 1, { seen: null }),
  ],
  [
    'a mark is refused as too old although little came after it',
    'refused',
    (told) => told.read(2, BEN, 409),
  ],
  ['the author may not delete', 'refused', (told) => told.remove(1, ANN, 403)],
  [
    'a name is that of nobody',
    'name',
    (told) => {
      told.all.answer[1].display_name = 'Ben B';
    },
  ],
  [
    'a name is replaced since long',
    'name',
    (told) => {
      told.rename(ANN, 'Dr Ann');
      told.page(BEN, told.all.answer);
    },
  ],
];

for (const [wrong, rules, spoil] of WRONG)
  test(`found: ${wrong}`, () => {
    const told = past();
    spoil(told);
    assert.equal(rulesOf(told).join(), rules);
  });

// Histories that look wrong and can be right.
const RIGHT = [
  ['a message without an answer does not exist', (told) => told.send(5, ANN, null)],
  [
    'a message without an answer exists',
    (told) => {
      told.send(5, ANN, null);
      told.page(ANN, [...told.all.answer, told.message(5, ANN)]);
    },
  ],
  [
    'a repeated request has the first answer',
    (told) => told.add('send', ANN, { with: BEN, text: 'text 4' }, told.operations[3].answer),
  ],
  [
    'a message is sent while a list is read',
    (told) => {
      const sent = told.send(5, ANN);
      told.list(BEN, told.message(4, ANN), 1, { read: 'm2' }).called = sent.called + 1;
      told.me(BEN, 1).called = sent.called + 1;
      told.me(BEN, 2).called = sent.called + 1;
    },
  ],
  [
    'a message is deleted while a row is read',
    (told) => {
      const gone = told.remove(4, ANN);
      for (const [text, unread] of [
        ['text 4', 1],
        [null, 0],
      ])
        told.show(BEN, told.message(4, ANN, text), unread, { read: 'm2' }).called = gone.called + 1;
    },
  ],
  [
    'messages are sent at once, and their order is open',
    (told) => {
      const [sixth, fifth] = [told.send(6, ANN), told.send(5, BEN)];
      fifth.called = sixth.called + 1;
    },
  ],
  [
    'a read without an answer moved the mark',
    (told) => {
      told.read(4, BEN, null);
      told.show(BEN, told.message(4, ANN), 0, { read: 'm4' });
    },
  ],
  [
    'an older mark changes nothing',
    (told) => {
      told.read(1, BEN);
      told.show(BEN, told.message(4, ANN), 1, { read: 'm2' });
    },
  ],
  [
    'a name without an answer is old or new',
    (told) => {
      told.rename(ANN, 'Dr Ann', null);
      told.page(BEN, told.all.answer);
      told.page(BEN, [{ ...told.message(4, ANN), display_name: 'Dr Ann' }], { limit: 1 });
    },
  ],
  [
    'a name is replaced just now',
    (told) => {
      told.rename(ANN, 'Dr Ann').returnedMs = 1e9;
      told.page(BEN, told.all.answer).calledMs = 1e9 + 999;
    },
  ],
  [
    'a mark is refused because more than a hundred messages came after it',
    (told) => {
      for (let number = 5; number < 105; number++) told.send(number, ANN);
      told.read(2, BEN, 409);
    },
  ],
];

for (const [unusual, add] of RIGHT)
  test(`allowed: ${unusual}`, () => {
    const told = past();
    add(told);
    assert.equal(explain(check(told)), '');
  });
