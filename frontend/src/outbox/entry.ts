/* An entry of the outbox: a text or a mark that the server has not acknowledged yet. */
import type { Mark } from '../api/cruds';
import { Problem } from '../api/problem';
import type { TimeToLive } from '../api/types';

export type Target = { message_group_uuid: string } | { handle: string };

/** A text; `since` is the server's time of the newest text that was shown when it was written. */
interface Text {
  text: string;
  since: string;
}

/** The relations of one person to another; the same words are in the API's paths. */
export type Relating = 'follow' | 'mute' | 'block';

export type Content =
  | (Text & { kind: 'message'; to: Target })
  | (Text & { kind: 'crud'; ttl: TimeToLive })
  | (Text & { kind: 'reply'; to: { uuid: string; handle: string } })
  | { kind: 'mark'; mark: Mark; uuid: string; on: boolean }
  | { kind: Relating; handle: string; on: boolean };

export type TextContent = Extract<Content, Text>;

/** Why the last attempt failed. */
export interface Reason {
  /** HTTP status; 0 if there was no answer. */
  status: number;
  codes: string[];
}

export interface Entry<C extends Content = Content> {
  /** Idempotency-Key: sending it again creates nothing twice. */
  key: string;
  content: C;
  /** Entries are sent in this order. */
  number: number;
  /** `failed`: only the person can go on. */
  state: 'waiting' | 'failed';
  /** Date.now() of the first attempt; it may have arrived even without an answer. */
  tried?: number;
  reason?: Reason;
}

export const conversationOf = (to: Target) =>
  'handle' in to ? `@${to.handle.toLowerCase()}` : to.message_group_uuid;

/** The entries of one lane are sent one after another. */
export function laneOf(content: Content): string {
  switch (content.kind) {
    case 'message':
      return `message ${conversationOf(content.to)}`;
    case 'crud':
      return 'crud';
    case 'reply':
      return `reply ${content.to.uuid}`;
    case 'mark':
      return `${content.mark} ${content.uuid}`;
    case 'follow':
    case 'mute':
    case 'block':
      return `${content.kind} ${content.handle}`;
  }
}

export const inOrder = (entries: Entry[]) => entries.toSorted((a, b) => a.number - b.number);

export const isText = (entry: Entry): entry is Entry<TextContent> => 'text' in entry.content;

/** Error code of an entry that may have arrived and whose key the server may have forgotten. */
export const UNSURE = 'unsure';

export const problemOf = ({ status, codes }: Reason) => new Problem(status, codes, 0, '');

/** The same request may succeed later. */
export const isTemporary = ({ reason }: Entry) =>
  !reason || (!reason.codes.includes(UNSURE) && problemOf(reason).isTemporary);

interface Shown {
  handle: string;
  message: string | null;
  created_at: string;
}

/**
 * The entries to show beside what the server has. A page may have a text before the answer to its
 * sending arrives; such an entry is left out.
 */
export function undelivered<E extends Entry<TextContent>>(
  entries: E[],
  shown: Shown[],
  myHandle: string | undefined,
): E[] {
  return entries.filter(
    ({ tried, content }) =>
      tried === undefined ||
      !shown.some(
        ({ handle, message, created_at }) =>
          handle === myHandle && message === content.text && created_at > content.since,
      ),
  );
}
