// history.mjs - decides whether what clients saw of conversations can be right: a pure function
// over a history, without a stack.
//
// A history is { people, operations, staleMs }.
//   people      [{ handle, name }], the names at the beginning
//   operations  what clients asked; see below
//   staleMs     how long an old name may be shown after a new one is acknowledged; Infinity: always
//
// An operation is { kind, person, called, returned, calledMs, returnedMs, status, answer, ... }.
//   person      the handle of the caller
//   called, returned        places in the order of all events of the history. An operation that was
//                           repeated begins with its first try. returned is Infinity without an
//                           answer: it may happen at any later time, at most once.
//   calledMs, returnedMs    the same as times, only for the age of names
//   status, answer          of the last try; status null: no answer, or only 503
//
//   kind    further members; answer
//   send    with (the handle of the other), text (of one key only); the message
//   page    with, place: {} or { after | before | around: a created_at }, limit, whole (every page
//           was read, on one side of the place); messages, oldest first
//   list    all rows, the newest first
//   show    with; a row
//   me      unread_messages
//   delete  with, uuid
//   read    with, uuid
//   rename  name

const INVISIBLE = 404;
const STALE = 409;
const STALE_MESSAGES = 100; // more of them after a mark, and it is refused

const EXPECTED = {
  send: [200],
  page: [200],
  list: [200],
  show: [200, INVISIBLE],
  me: [200],
  delete: [204],
  read: [204, STALE],
  rename: [200],
};

const pairOf = (one, other) => [one, other].sort().join(' ');
const succeeded = ({ status }) => status !== null && status < 300;
const earlier = (a, b) => (a < b ? a : b);
const later = (a, b) => (a > b ? a : b);
const byTime = (a, b) => (a.at < b.at ? -1 : 1);

// Returns the violations, the first that a client could notice first. Each is { rule, problem,
// operations }: the operations that contradict each other. The rules:
//   refused    an operation was refused that had to succeed
//   lost       something acknowledged is missing
//   doubled    a message or a conversation exists twice
//   invented   something is shown that nobody asked for
//   changed    a message has another time, author or conversation than before
//   reordered  the order is not that of created_at, or not that in which messages were sent
//   deleted    a text is shown after its deletion
//   unread     an unread count cannot be right
//   mark       a read mark moved back, or is where nobody put it
//   name       a name is not the current one
export function check(history) {
  const state = {
    operations: history.operations,
    staleMs: history.staleMs,
    found: [],
    texts: new Map(), // of a send: { text, person, begun, operations }
    messages: new Map(), // by uuid
    pairs: new Map(), // { key, group, known, operation, messages }, by pairOf
    names: namesOf(history),
  };
  for (const operation of state.operations) checkStatus(state, operation);
  collectTexts(state);
  for (const operation of state.operations) collectSights(state, operation);
  collectDeletions(state);
  for (const pair of state.pairs.values()) pair.messages.sort(byTime);
  for (const message of state.messages.values()) checkMessage(state, message);
  for (const pair of state.pairs.values()) checkOrder(state, pair);
  for (const operation of state.operations.filter(succeeded)) {
    if (operation.kind === 'page') checkPage(state, operation);
    if (operation.kind === 'list') checkList(state, operation);
    if (operation.kind === 'show' || operation.kind === 'list')
      for (const row of rowsOf(operation)) checkRow(state, operation, row);
    if (operation.kind === 'me') checkMe(state, operation);
  }
  for (const operation of state.operations) checkInvisible(state, operation);
  checkMarks(state);
  return state.found.sort((a, b) => endOf(a) - endOf(b));
}

const endOf = ({ operations }) => Math.max(...operations.map(({ returned }) => returned));

function report(state, rule, problem, ...operations) {
  state.found.push({ rule, problem, operations: operations.flat().filter(Boolean) });
}

const rowsOf = ({ kind, answer }) => (kind === 'list' ? answer : [answer]);

// --- what was asked and seen ---------------------------------------------------------------------
function namesOf({ people, operations }) {
  const names = new Map(
    people.map(({ handle, name }) => [handle, [{ name, returned: -1, called: -1 }]]),
  );
  for (const operation of operations)
    if (operation.kind === 'rename' && (operation.status ?? 200) === 200)
      names.get(operation.person)?.push(operation);
  return names;
}

function checkStatus(state, operation) {
  const { kind, status } = operation;
  if (status !== null && !EXPECTED[kind].includes(status))
    report(state, 'refused', `${kind} got ${status}`, operation);
}

function collectTexts({ operations, texts }) {
  for (const operation of operations) {
    if (operation.kind !== 'send') continue;
    const { text, person } = operation;
    const sent = texts.get(text) ?? { text, person, begun: Infinity, operations: [] };
    sent.begun = Math.min(sent.begun, operation.called);
    sent.operations.push(operation);
    texts.set(text, sent);
  }
}

// A conversation is seen: it has one uuid, for ever.
function collectPair(state, operation, other, group) {
  const key = pairOf(operation.person, other);
  const pair = state.pairs.get(key) ?? { key, group, known: Infinity, messages: [] };
  state.pairs.set(key, pair);
  if (pair.group !== group)
    report(state, 'doubled', `${key} have two conversations`, pair.operation, operation);
  if (operation.returned < pair.known) {
    pair.known = operation.returned;
    pair.operation = operation;
  }
  return pair;
}

// Every sight of a message in the answer of an operation.
function collectSights(state, operation) {
  if (!succeeded(operation)) return;
  const { kind, answer } = operation;
  if (kind === 'send') {
    const pair = collectPair(state, operation, operation.with, answer.message_group_uuid);
    collectMessage(state, operation, pair, answer);
    if (answer.handle !== operation.person)
      report(state, 'name', 'the sender is somebody else', operation);
  } else if (kind === 'page') {
    const pair = collectPair(state, operation, operation.with, operation.group);
    for (const message of answer) collectMessage(state, operation, pair, message);
  } else if (kind === 'list' || kind === 'show') {
    for (const row of rowsOf(operation)) {
      const pair = collectPair(state, operation, row.handle, row.uuid);
      const { message_uuid: uuid, message, created_at } = row;
      collectMessage(state, operation, pair, { uuid, message, created_at });
    }
  }
}

// Messages of an operation have a handle and a name; the last message of a row does not.
function collectMessage(state, operation, pair, { uuid, message: text, created_at: at, ...shown }) {
  let message = state.messages.get(uuid);
  if (!message) {
    message = { uuid, at, pair, known: Infinity, sights: [] };
    message.gone = { begun: Infinity, known: Infinity };
    state.messages.set(uuid, message);
    pair.messages.push(message);
  }
  if (message.at !== at || message.pair !== pair)
    report(state, 'changed', `${uuid} is elsewhere`, message.seen, operation);
  if (operation.returned < message.known) {
    message.known = operation.returned;
    message.seen = operation;
  }
  message.sights.push({ operation, text });
  if (shown.handle !== undefined) {
    if (message.author !== undefined && message.author !== shown.handle)
      report(state, 'changed', `${uuid} has another author`, message.seen, operation);
    message.author ??= shown.handle;
    checkName(state, operation, shown);
  }
  if (text !== null) collectText(state, operation, message, text);
  else if (operation.returned < message.gone.known) {
    message.gone.known = operation.returned;
    message.gone.seen = operation;
  }
}

function collectText(state, operation, message, text) {
  const sent = state.texts.get(text);
  if (!sent || (message.sent && message.sent !== sent)) {
    report(state, 'invented', `nobody sent "${text}"`, message.seen, operation);
    return;
  }
  sent.message ??= message;
  if (sent.message !== message)
    report(state, 'doubled', `"${text}" exists twice`, sent.message.seen, operation);
  message.sent = sent;
}

function collectDeletions({ operations, messages }) {
  for (const operation of operations) {
    const gone = operation.kind === 'delete' && messages.get(operation.uuid)?.gone;
    if (!gone || (operation.status ?? 204) !== 204) continue;
    gone.begun = Math.min(gone.begun, operation.called);
    if (succeeded(operation) && operation.returned < gone.known) {
      gone.known = operation.returned;
      gone.seen = operation;
    }
  }
}

// A conversation is invisible only before it begins.
function checkInvisible(state, operation) {
  if (operation.kind !== 'show' || operation.status !== INVISIBLE) return;
  const pair = state.pairs.get(pairOf(operation.person, operation.with));
  if (pair?.known < operation.called)
    report(state, 'lost', `${pair.key} have no conversation any more`, pair.operation, operation);
}

// --- single messages, and their order ------------------------------------------------------------
function checkMessage(state, message) {
  const { uuid, sent, gone, sights, seen } = message;
  if (!sent) {
    report(state, 'invented', `nobody sent the message ${uuid}`, seen);
    return;
  }
  const { key } = message.pair;
  const meant = sent.operations.every((send) => pairOf(send.person, send.with) === key);
  if (!meant || (message.author ?? sent.person) !== sent.person)
    report(state, 'changed', `"${sent.text}" is by another person or elsewhere`, seen);
  message.author = sent.person;
  for (const { operation, text } of sights) {
    if (text !== null && gone.known < operation.called)
      report(state, 'deleted', `"${text}" is shown after its deletion`, gone.seen, operation);
    if (text === null && gone.begun > operation.returned)
      report(state, 'lost', `the text "${sent.text}" is lost`, sent.operations, operation);
  }
}

// A message that was known before another was sent has the earlier time.
function checkOrder(state, { messages }) {
  for (const [i, message] of messages.entries())
    if (i > 0 && message.at === messages[i - 1].at)
      report(state, 'reordered', 'two messages have one time', messages[i - 1].seen, message.seen);
  const sent = messages.filter((message) => message.sent);
  const known = sent.toSorted((a, b) => a.known - b.known);
  let next = 0;
  let newest;
  for (const message of sent.toSorted((a, b) => a.sent.begun - b.sent.begun)) {
    for (; next < known.length && known[next].known < message.sent.begun; next++)
      if (!newest || known[next].at > newest.at) newest = known[next];
    if (newest && newest.at >= message.at) {
      const problem = `"${message.sent.text}", sent after "${newest.sent.text}", is before it`;
      report(state, 'reordered', problem, newest.seen, message.sent.operations, message.seen);
    }
  }
}

// --- pages ---------------------------------------------------------------------------------------
// The times between which a page must have every message: { above, below }, both exclusive.
function coverOf({ place, limit, whole, answer }) {
  const times = answer.map(({ created_at }) => created_at);
  const from = (full) => (full && !whole ? times[0] : '');
  const to = (full) => (full && !whole ? times.at(-1) : '~');
  const full = times.length >= limit;
  if (place.after) return { above: place.after, below: to(full) };
  if (place.before) return { above: from(full), below: place.before };
  if (!place.around) return { above: from(full), below: '~' };
  const older = times.filter((at) => at < place.around).length;
  const half = Math.floor(limit / 2);
  return {
    above: half === 0 ? earlier(place.around, times[0] ?? '~') : from(older >= half),
    below: to(times.length - older >= limit - half),
  };
}

function checkPage(state, operation) {
  const { place, answer } = operation;
  const shown = new Set(answer.map(({ uuid }) => uuid));
  if (shown.size !== answer.length) report(state, 'doubled', 'a page has one twice', operation);
  for (let i = 1; i < answer.length; i++)
    if (answer[i].created_at <= answer[i - 1].created_at)
      report(state, 'reordered', 'a page is not in the order of its times', operation);
  for (const { created_at: at } of answer)
    if ((place.after && at <= place.after) || (place.before && at >= place.before))
      report(state, 'invented', 'a message is not on its side of the place', operation);
  const { above, below } = coverOf(operation);
  const newest = answer.at(-1)?.created_at ?? '';
  for (const message of state.pairs.get(pairOf(operation.person, operation.with)).messages) {
    if (message.at <= above || message.at >= below || shown.has(message.uuid)) continue;
    // A later message is shown: who reads on after it would never see this one.
    if (message.known < operation.called || message.at < newest)
      report(state, 'lost', `a page lacks ${message.uuid}`, message.seen, operation);
  }
}

// --- rows ----------------------------------------------------------------------------------------
function checkList(state, operation) {
  const { person, answer } = operation;
  const others = new Set(answer.map(({ handle }) => handle));
  if (others.size !== answer.length)
    report(state, 'doubled', 'a list has a conversation twice', operation);
  for (let i = 1; i < answer.length; i++)
    if (answer[i].created_at > answer[i - 1].created_at)
      report(state, 'reordered', 'a list is not in the order of its times', operation);
  for (const pair of pairsOf(state, person))
    if (pair.known < operation.called && !others.has(otherOf(pair, person)))
      report(state, 'lost', `a list lacks ${pair.key}`, pair.operation, operation);
}

const pairsOf = ({ pairs }, person) =>
  [...pairs.values()].filter(({ key }) => key.split(' ').includes(person));
const otherOf = ({ key }, person) => key.split(' ').find((handle) => handle !== person);

function checkRow(state, operation, row) {
  const { person } = operation;
  if (operation.with !== undefined && row.handle !== operation.with)
    report(state, 'name', 'a row is that of another person', operation);
  checkName(state, operation, row);
  for (const member of row.members ?? []) checkName(state, operation, member);
  const { messages } = state.pairs.get(pairOf(person, row.handle));
  for (const message of messages)
    if (message.known < operation.called && message.at > row.created_at)
      report(state, 'lost', `a row has an older last message`, message.seen, operation);
  // The row is one item: the count is that of its mark and its last message. Only deletions that
  // run at the same time leave it open.
  const mark = state.messages.get(row.read_message_uuid)?.at ?? '';
  const counted = messages.filter(({ at }) => at <= row.created_at);
  const bounds = unreadOf(counted, person, operation, { low: mark, high: mark });
  if (row.unread_count < bounds.least || row.unread_count > bounds.most)
    report(
      state,
      'unread',
      `${row.unread_count} are unread of ${person} with ${row.handle}, not ${textOf(bounds)}`,
      relevant(counted, person, mark),
      operation,
    );
}

// How many messages `person` may see as unread: those of the other after a mark between two times.
function unreadOf(messages, person, operation, { low, high }) {
  let least = 0;
  let most = 0;
  for (const { at, author, gone } of messages) {
    if (author === person) continue;
    if (at > low && !(gone.known < operation.called)) most++;
    if (at > high && gone.begun > operation.returned) least++;
  }
  return { least, most };
}

const textOf = ({ least, most }) => (least === most ? `${least}` : `${least} to ${most}`);

// The operations that made and deleted what is after a mark.
const relevant = (messages, person, mark) =>
  messages
    .filter(({ at, author }) => author !== person && at > mark)
    .flatMap(({ seen, gone }) => [seen, gone.seen]);

// --- the sum of unread messages ------------------------------------------------------------------
function checkMe(state, operation) {
  const { person, answer } = operation;
  if (answer === null) return; // conversations could not be read
  const sum = { least: 0, most: 0 };
  const causes = [];
  for (const pair of pairsOf(state, person)) {
    const marks = markBounds(state, pair, person, operation);
    const begun = pair.messages.filter(({ sent }) => sent?.begun < operation.returned);
    const known = begun.filter((message) => message.known < operation.called);
    sum.most += unreadOf(begun, person, operation, marks).most;
    sum.least += unreadOf(known, person, operation, marks).least;
    causes.push(...relevant(begun, person, marks.low));
  }
  if (answer < sum.least || answer > sum.most)
    report(
      state,
      'unread',
      `${answer} are unread of ${person}, not ${textOf(sum)}`,
      causes,
      operation,
    );
}

// --- read marks ----------------------------------------------------------------------------------
// The reads of a person in a conversation, and where rows have shown the mark: `own` to the person
// and `seen` to the other one. Kept per conversation, as all rows are looked at more than once.
function marksOf(state, pair, person) {
  pair.marks ??= {};
  pair.marks[person] ??= collectMarks(state, pair, person);
  return pair.marks[person];
}

function collectMarks(state, pair, person) {
  const other = otherOf(pair, person);
  const at = (uuid) => state.messages.get(uuid)?.at;
  const marks = { reads: [], own: [], seen: [] };
  for (const operation of state.operations) {
    if (operation.kind === 'read') {
      if (operation.person === person && operation.with === other && operation.status !== STALE)
        marks.reads.push({ operation, at: at(operation.uuid) });
    } else if (succeeded(operation) && ['list', 'show'].includes(operation.kind)) {
      for (const row of rowsOf(operation)) {
        if (operation.person === person && row.handle === other)
          marks.own.push({ operation, uuid: row.read_message_uuid });
        else if (operation.person === other && row.handle === person)
          marks.seen.push({ operation, uuid: row.seen[0]?.message_uuid ?? null });
      }
    }
  }
  for (const sight of [...marks.own, ...marks.seen])
    sight.at = sight.uuid === null ? '' : at(sight.uuid);
  return marks;
}

// Between which times the mark is while an operation runs: { low, high }.
function markBounds(state, pair, person, { called, returned }) {
  const { reads, own, seen } = marksOf(state, pair, person);
  const bounds = { low: '', high: '' };
  for (const { operation, at } of reads) {
    if (at === undefined) continue;
    if (succeeded(operation) && operation.returned < called) bounds.low = later(bounds.low, at);
    if (operation.called < returned) bounds.high = later(bounds.high, at);
  }
  for (const { operation, at } of [...own, ...seen])
    if (at !== undefined && operation.returned < called) bounds.low = later(bounds.low, at);
  return bounds;
}

function checkMarks(state) {
  for (const pair of state.pairs.values())
    for (const person of pair.key.split(' ')) {
      const { reads, own, seen } = marksOf(state, pair, person);
      // The mark is written into the person's row, then into that of the other one.
      checkSights(state, person, reads, own, [...own, ...seen]);
      checkSights(state, person, reads, seen, seen);
      checkStale(state, pair, person);
    }
}

// before: the sights after which a mark must not be earlier.
function checkSights(state, person, reads, sights, before) {
  const done = [...reads.filter(({ operation }) => succeeded(operation)), ...before]
    .filter(({ at }) => at !== undefined)
    .sort((a, b) => a.operation.returned - b.operation.returned);
  let next = 0;
  let furthest;
  for (const { operation, at } of sights.toSorted(
    (a, b) => a.operation.called - b.operation.called,
  )) {
    for (; next < done.length && done[next].operation.returned < operation.called; next++)
      if (!furthest || done[next].at > furthest.at) furthest = done[next];
    const asked = reads.some(
      (read) => read.at === at && read.operation.called < operation.returned,
    );
    if (at !== '' && !asked)
      report(state, 'mark', `nobody put the mark of ${person} there`, operation);
    if (furthest && at < furthest.at)
      report(state, 'mark', `the mark of ${person} is earlier than it was`, furthest.operation, operation);
  }
}

// A mark is refused only when too much came after it.
function checkStale(state, { key, messages }, person) {
  for (const operation of state.operations) {
    if (operation.kind !== 'read' || operation.status !== STALE) continue;
    if (operation.person !== person || pairOf(person, operation.with) !== key) continue;
    const { at } = state.messages.get(operation.uuid) ?? {};
    const after = messages.filter(
      (message) => message.at > at && message.sent?.begun < operation.returned,
    );
    if (after.length <= STALE_MESSAGES)
      report(state, 'refused', `only ${after.length} messages came after it`, operation);
  }
}

// --- names ---------------------------------------------------------------------------------------
function checkName(state, operation, { handle, display_name: shown }) {
  const names = state.names.get(handle) ?? [];
  const given = names.filter(({ name, called }) => name === shown && called < operation.returned);
  if (given.length === 0) {
    report(state, 'name', `${handle} never had the name "${shown}"`, operation);
    return;
  }
  const replacing = (old) =>
    names.find(
      (name) =>
        name.status === 200 &&
        old.returned < name.called &&
        name.returned < operation.called &&
        name.returnedMs + state.staleMs < operation.calledMs,
    );
  const replaced = given.map(replacing);
  if (replaced.every(Boolean))
    report(state, 'name', `${handle} is no longer "${shown}"`, replaced[0], operation);
}

// --- for people ----------------------------------------------------------------------------------
const short = (value) => {
  const text = JSON.stringify(value) ?? 'no answer';
  return text.length > 600 ? `${text.slice(0, 300)} … ${text.slice(-300)}` : text;
};

function lineOf({ called, returned, person, kind, status, answer, ...input }) {
  const { calledMs: _called, returnedMs: _returned, ...asked } = input;
  const done = `${status ?? '-'} ${short(answer)}`;
  return `  [${called}, ${returned}] ${person} ${kind} ${short(asked)} → ${done}`;
}

// The first violation with its operations in their order; '' when there are none.
export function explain(violations) {
  if (violations.length === 0) return '';
  const [{ rule, problem, operations }] = violations;
  const all = [...new Set(operations)].sort((a, b) => a.called - b.called);
  const shown = all.length > 24 ? [...all.slice(0, 8), ...all.slice(-16)] : all;
  const head = `${rule}: ${problem} (${violations.length} violations, the first is shown)`;
  return [head, ...shown.map(lineOf)].join('\n');
}
