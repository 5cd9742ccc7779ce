/*
 * A note of one of these pages for the next one. The browser keeps it with the address, so a note becomes a text
 * where it is shown.
 */
import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

type Note = 'confirmed' | 'changed' | 'reset' | 'ended' | 'revoked';

export interface Arrival {
  email?: string;
  note?: Note;
  /** When a code was sent, in milliseconds. */
  sentAt?: number;
}

/** Partial: an address may be older than this table. */
const NOTES: Partial<Record<Note, MessageDescriptor>> = {
  confirmed: msg`Your email is confirmed. Welcome!`,
  changed: msg`Your password has been changed. Sign in with the new one.`,
  reset: msg`You need a new password. We’ll email you a code.`,
  ended: msg`Your session has ended. Sign in to continue where you left off.`,
  revoked: msg`You were signed out on all devices. If that wasn’t you, sign in and change your password.`,
};

export function noteText({ note }: Arrival): string | undefined {
  const text = note && NOTES[note];
  return text && i18n._(text);
}
