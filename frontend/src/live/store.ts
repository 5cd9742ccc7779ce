/* The conversations and messages of this tab. Pages, answers and events change them; pages show them. */
import { useSyncExternalStore } from 'react';

import type { Message } from '../api/types';
import { currentAccount, onSession } from '../session/session';
import { type Conversations, NO_CONVERSATIONS } from './conversations';
import type { Thread } from './thread';

interface State {
  conversations: Conversations;
  /** By the uuid of the conversation: those that are open, or were a moment ago. */
  threads: ReadonlyMap<string, Thread>;
  /** By the uuid of the conversation: who is writing in it. */
  typing: ReadonlyMap<string, string>;
}

const EMPTY: State = { conversations: NO_CONVERSATIONS, threads: new Map(), typing: new Map() };

let state = EMPTY;
const listeners = new Set<() => void>();

/** Hear of each change. */
export function onStore(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: State) {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

export const readStore = () => state;

/** `select` returns the same object until what it shows has changed. */
export const useStore = <T>(select: (from: State) => T): T =>
  useSyncExternalStore(onStore, () => select(state));

export function changeConversations(changed: (now: Conversations) => Conversations) {
  const conversations = changed(state.conversations);
  if (conversations !== state.conversations) set({ ...state, conversations });
}

/** Keep a conversation's messages; undefined drops them. */
export function setThread(group: string, thread: Thread | undefined) {
  if (thread === state.threads.get(group)) return;
  const threads = new Map(state.threads);
  if (thread) threads.set(group, thread);
  else threads.delete(group);
  set({ ...state, threads });
}

/** Change the messages of a conversation, if they are kept. */
export function changeThread(group: string, changed: (thread: Thread) => Thread) {
  const thread = state.threads.get(group);
  if (thread) setThread(group, changed(thread));
}

// --- who is writing -------------------------------------------------------------------------------
/** An event says it for so long. */
const TYPING_MS = 6_000;
const timers = new Map<string, ReturnType<typeof setTimeout>>();

function setTyping(group: string, handle: string | undefined) {
  clearTimeout(timers.get(group));
  if (handle === state.typing.get(group)) return;
  const typing = new Map(state.typing);
  if (handle === undefined) typing.delete(group);
  else typing.set(group, handle);
  set({ ...state, typing });
}

export function typingCame(group: string, handle: string) {
  setTyping(group, handle);
  const end = setTimeout(() => setTyping(group, undefined), TYPING_MS);
  timers.set(group, end);
}

/** The message that somebody was writing has come. */
export function typingEnded(group: string, { handle }: Message) {
  if (state.typing.get(group) === handle) setTyping(group, undefined);
}

// Another account does not see what was read for this one.
let account = currentAccount();
onSession(() => {
  if (currentAccount() === account) return;
  account = currentAccount();
  for (const timer of timers.values()) clearTimeout(timer);
  set(EMPTY);
});
