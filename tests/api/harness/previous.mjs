// previous.mjs - the writes of the previous release to the conversation table, as its workers sent
// them: rows have the whole text of the last message and neither last_sent_at nor read marks.
import { randomUUID } from 'node:crypto';

import { typed } from './dynamodb.mjs';

// A version 7 UUID of a time in microseconds since 1970 (RFC 9562 §6.2, method 3).
export function uuidOf(us) {
  const hex = (us / 1000n).toString(16).padStart(12, '0');
  const fraction = (((us % 1000n) * 4096n) / 1000n).toString(16).padStart(3, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${fraction}-${randomUUID().slice(19)}`;
}

// A time of an item, from microseconds since 1970, and back.
export function timeOf(us) {
  const date = new Date(Number(us / 1000n)).toISOString();
  return `${date.slice(0, 23)}${(us % 1000n).toString().padStart(3, '0')}+00:00`;
}

export function microsecondsOf(time) {
  return BigInt(Date.parse(`${time.slice(0, 19)}Z`)) * 1000n + BigInt(time.slice(20, 26));
}

export const nowUs = () => BigInt(Date.now()) * 1000n;

const messageItem = (group, sender, { uuid, at, text }) =>
  typed({
    pk: `MSG#${group}`,
    sk: at,
    message_uuid: uuid,
    message: text,
    user_uuid: sender.uuid,
    user_display_name: sender.name,
    user_handle: sender.handle,
  });

const rowKey = (person, group) => typed({ pk: `GRP#${person.uuid}`, sk: `GROUP#${group}` });

// A conversation of ann and ben. messages: oldest first, { from, text, uuid, at }; unread: how many
// [ann, ben] have not read.
export async function putConversation(table, ann, ben, { messages, unread, group = randomUUID() }) {
  await Promise.all(
    messages.map((message) => table.put(messageItem(group, message.from, message))),
  );
  const last = messages.at(-1);
  for (const [i, [mine, other]] of [
    [ann, ben],
    [ben, ann],
  ].entries())
    await table.put({
      ...rowKey(mine, group),
      ...typed({
        message_group_uuid: group,
        last_message_at: last.at,
        last_message_uuid: last.uuid,
        message: last.text,
        unread_count: unread[i],
        user_uuid: other.uuid,
        user_display_name: other.name,
        user_handle: other.handle,
      }),
    });
  const [low, high] = [ann.uuid, ben.uuid].sort();
  await table.put(typed({ pk: `PAIR#${low}#${high}`, sk: 'PAIR', group_uuid: group }));
  return group;
}

// Messages for putConversation, `step` microseconds apart and ending a minute ago. texts: of ann if
// they begin with "a", else of ben.
export function messagesOf(ann, ben, texts, uuidAt = uuidOf, step = 1_000_000n) {
  const end = nowUs() - 60_000_000n;
  return texts.map((text, i) => {
    const us = end - BigInt(texts.length - 1 - i) * step;
    return { from: text.startsWith('a') ? ann : ben, text, uuid: uuidAt(us), at: timeOf(us) };
  });
}

// Send a message: append.json of the previous release.
export async function send(table, from, to, group, text, us = nowUs()) {
  const message = { uuid: uuidOf(us), at: timeOf(us), text };
  const update = (person, more, values) => ({
    Update: {
      Key: rowKey(person, group),
      UpdateExpression: `SET last_message_at = :at, last_message_uuid = :uuid, message = :text${more}`,
      ConditionExpression: 'last_message_at < :at',
      ExpressionAttributeValues: {
        ...typed({ ':at': message.at, ':uuid': message.uuid, ':text': text }),
        ...values,
      },
    },
  });
  await table.transact([
    {
      Put: {
        Item: messageItem(group, from, message),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    update(from, '', {}),
    update(to, ' ADD unread_count :one', typed({ ':one': 1 })),
  ]);
  return { ...message, from };
}

// Mark everything as read up to the last message: mark_read.json of the previous release.
export const read = (table, person, group, message) =>
  table.call('UpdateItem', {
    Key: rowKey(person, group),
    UpdateExpression: 'SET unread_count = :none',
    ConditionExpression: 'last_message_uuid = :uuid',
    ExpressionAttributeValues: typed({ ':none': 0, ':uuid': message.uuid }),
  });

// Delete a message: delete.json of the previous release, which leaves unread counts as they are.
export const remove = (table, group, message) =>
  table.transact([
    {
      Update: {
        Key: typed({ pk: `MSG#${group}`, sk: message.at }),
        UpdateExpression: 'SET deleted_at = if_not_exists(deleted_at, :now) REMOVE message',
        ConditionExpression: 'message_uuid = :uuid',
        ExpressionAttributeValues: typed({ ':now': timeOf(nowUs()), ':uuid': message.uuid }),
      },
    },
  ]);
