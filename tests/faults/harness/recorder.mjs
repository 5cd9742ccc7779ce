// recorder.mjs - asks as clients do, and records a history for `check` of history.mjs.
import assert from 'node:assert/strict';

import { nextPage, sleep } from '../../api/harness/client.mjs';
import { newHandle } from '../../api/harness/people.mjs';
import { stack } from '../../api/harness/proxied.mjs';

const ALWAYS = 400; // tries; then a test fails

export class Recorder {
  // people: of newPerson. staleMs: see history.mjs. count.refused: answers with 503; count.lost:
  // requests without an answer.
  constructor(people, staleMs, count) {
    this.people = people;
    this.history = { people, operations: [], staleMs };
    this.count = count;
    this.now = 0;
  }

  // Record an operation. request() sends one request and returns its answer; it is repeated up to
  // `tries` times while there is no answer. answerOf(answer): what a success gives.
  async record(kind, person, members, request, { tries = ALWAYS, answerOf = ({ body }) => body }) {
    const operation = { kind, person: person.handle, ...members, returned: Infinity, status: null };
    operation.called = this.now++;
    operation.calledMs = performance.now();
    operation.returnedMs = Infinity;
    this.history.operations.push(operation);
    const answer = await this.answered(request, tries);
    if (!answer) return operation;
    operation.status = answer.status;
    operation.returned = this.now++;
    operation.returnedMs = performance.now();
    operation.answer = answer.status < 300 ? answerOf(answer) : answer.text;
    return operation;
  }

  async answered(request, tries) {
    for (let i = 0; i < tries; i++) {
      try {
        const answer = await request();
        if (answer.status !== 503) return answer;
        this.count.refused++;
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        this.count.lost++;
      }
      await sleep(20 + Math.random() * 200);
    }
    assert.notEqual(tries, ALWAYS, 'no answer');
    return undefined;
  }

  // to: { handle } or { message_group_uuid }.
  send(person, other, to, text, { key = newHandle('key'), ...options } = {}) {
    const json = { message: text, ...to };
    const ask = () => stack.ask('POST', '/api/messages', { token: person.token, json, key });
    return this.record('send', person, { with: other.handle, text }, ask, options);
  }

  page(person, other, group, place, limit, options = {}) {
    const members = { with: other.handle, group, place, limit, whole: false };
    const query = new URLSearchParams({ limit, ...place.query });
    const ask = () =>
      stack.ask('GET', `/api/messages/${group}?${query}`, { token: person.token });
    return this.record('page', person, { ...members, place: place.at ?? {} }, ask, options);
  }

  // Every page, one after another.
  whole(person, other, group, limit, options = {}) {
    const { tries = ALWAYS } = options;
    const members = { with: other.handle, group, place: {}, limit, whole: true };
    const walk = async () => {
      const messages = [];
      let answer;
      for (let path = `/api/messages/${group}?limit=${limit}`; path; path = nextPage(answer)) {
        const ask = () => stack.ask('GET', path, { token: person.token });
        answer = await this.answered(ask, tries);
        if (answer?.status !== 200) return answer ?? { status: 503 };
        messages.unshift(...answer.body);
      }
      return { ...answer, body: messages };
    };
    return this.record('page', person, members, walk, options);
  }

  list(person, options = {}) {
    const ask = () => stack.ask('GET', '/api/message_groups?limit=100', { token: person.token });
    return this.record('list', person, {}, ask, options);
  }

  // name: the uuid of the conversation, or @ and the handle of the other.
  show(person, other, name, options = {}) {
    const ask = () => stack.ask('GET', `/api/message_groups/${name}`, { token: person.token });
    return this.record('show', person, { with: other.handle }, ask, options);
  }

  me(person, options = {}) {
    const ask = () => stack.ask('GET', '/api/users/me', { token: person.token });
    const answerOf = ({ body }) => body.unread_messages;
    return this.record('me', person, {}, ask, { ...options, answerOf });
  }

  remove(person, other, group, uuid, options = {}) {
    const path = `/api/messages/${group}/${uuid}`;
    const ask = () => stack.ask('DELETE', path, { token: person.token });
    return this.record('delete', person, { with: other.handle, uuid }, ask, options);
  }

  read(person, other, group, uuid, options = {}) {
    const path = `/api/message_groups/${group}/read`;
    const json = { message_uuid: uuid };
    const ask = () => stack.ask('PUT', path, { token: person.token, json });
    return this.record('read', person, { with: other.handle, uuid }, ask, options);
  }

  // Not repeated: a first try that is executed late would undo the name of another request.
  rename(person, name) {
    const json = { display_name: name, bio: '' };
    const ask = () => stack.ask('PUT', '/api/profile/update', { token: person.token, json });
    return this.record('rename', person, { name }, ask, { tries: 1 });
  }
}
