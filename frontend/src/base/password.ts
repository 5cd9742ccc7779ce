/*
 * The rules of a new password: those of the user pool (deploy/lib/people.ts), which the page can read
 * nowhere. The characters that count as symbols:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-policies.html
 */
import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, plural, t } from '@lingui/core/macro';

import { listInWords } from './in-words';
import { atMost } from './limits';

export const POLICY = { min: 8, max: 256 };
const { min, max } = POLICY;

const KINDS: [what: MessageDescriptor, pattern: RegExp][] = [
  [msg`a lower-case letter`, /[a-z]/],
  [msg`an upper-case letter`, /[A-Z]/],
  [msg`a number`, /[0-9]/],
  [msg`a symbol`, /[-^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+ ]/],
];

export const PASSWORD_RULE = msg`At least ${min} characters, with upper- and lower-case letters, numbers and symbols.`;

/** The fault for which the pool would refuse the password, for people; undefined without one. */
export function passwordProblem(password: string): string | undefined {
  if (password === '') return i18n._(PASSWORD_RULE);
  if (password !== password.trim()) return t`Use no blank at the start or at the end.`;
  if (password.length > max) return i18n._(atMost(max));
  const more = min - password.length;
  const parts = [
    ...(more > 0 ? [plural(more, { one: '# more character', other: '# more characters' })] : []),
    ...KINDS.filter(([, pattern]) => !pattern.test(password)).map(([what]) => i18n._(what)),
  ];
  const missing = listInWords(parts);
  return parts.length === 0 ? undefined : t`It still needs ${missing}.`;
}

/** How hard a password that the pool takes is to guess: by its length without repetitions and sequences. */
export function passwordStrength(password: string): string {
  let length = 0;
  let before = -2;
  for (const character of password.toLowerCase()) {
    const code = character.codePointAt(0) ?? 0;
    if (Math.abs(code - before) > 1) length++;
    before = code;
  }
  if (length < 8) return t`Weak: it repeats itself, or is a sequence. A longer one is harder to guess.`;
  if (length < 11) return t`Fair. A longer one is harder to guess.`;
  return length < 15 ? t`Good.` : t`Strong.`;
}
