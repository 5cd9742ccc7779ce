/* How the messages of a conversation stand together: in days, in parts of the page, in blocks of a person. */
import type { Message } from '../api/types';
import { sameDay } from '../base/time';

/** Messages of one person within this time look like one block. */
export const BLOCK_MS = 5 * 60_000;
/** So many messages come into the page and leave it together. */
export const PART_SIZE = 40;

export interface Line {
  message: Message;
  /** The first and the last one of its block. */
  first: boolean;
  last: boolean;
}

const joins = (before: Message, message: Message) =>
  before.handle === message.handle &&
  Date.parse(message.created_at) - Date.parse(before.created_at) <= BLOCK_MS;

interface Around {
  /** A part begins in any case with these messages. */
  starts?: string[];
  /** A block begins in any case with this message. */
  begin?: string | undefined;
  /** The block of the last message goes on below. */
  goesOn?: boolean;
}

/** Days of parts of messages. A part changes only at its end when messages come before or after it. */
export function inDays(
  messages: Message[],
  { starts = [], begin, goesOn = false }: Around,
): Line[][][] {
  const days: Line[][][] = [];
  const parts = new Set(starts);
  let before: Line | undefined;
  for (const message of messages) {
    const isNewDay = !before || !sameDay(before.message.created_at, message.created_at);
    const first =
      !before || isNewDay || message.uuid === begin || !joins(before.message, message);
    if (before) before.last = first;
    const line: Line = { message, first, last: true };
    const day = days.at(-1);
    const part = day?.at(-1);
    if (!day || !part || isNewDay) days.push([[line]]);
    else if (part.length === PART_SIZE || parts.has(message.uuid)) day.push([line]);
    else part.push(line);
    before = line;
  }
  if (before && goesOn) before.last = false;
  return days;
}
