import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';

import type { Problem } from '../api/problem';
import { atMost, HANDLE_RULE, limits, NOTHING_VISIBLE } from '../base/limits';

/** The error codes that a person can do something about. */
const CODES: Record<string, MessageDescriptor> = {
  display_name_blank: msg`Enter a name.`,
  display_name_invalid: msg`Use letters, numbers and signs that everyone can see.`,
  display_name_exceed_max_chars: atMost(limits.display_name),
  bio_blank: NOTHING_VISIBLE,
  bio_invalid: msg`Something in this text can’t be used. Remove special characters.`,
  bio_exceed_max_chars: atMost(limits.bio),
  handle_invalid: HANDLE_RULE,
  handle_reserved: msg`This handle is reserved. Choose another one.`,
  handle_taken: msg`This handle is taken, or it looks like one that is. Choose another one.`,
  message_blank: NOTHING_VISIBLE,
  message_invalid: msg`Something in this text can’t be used. Remove special characters.`,
  message_exceed_max_chars: msg`It’s too long.`,
  search_term_blank: NOTHING_VISIBLE,
  search_term_exceed_max_chars: atMost(limits.search_term),
  user_not_found: msg`Nobody has this handle.`,
  user_receiver_is_self: msg`You can’t write to yourself.`,
  quota_exceeded: msg`That’s all for today. Try again tomorrow.`,
};

/** The text for the first code that has one. */
export function codeText(codes: string[]): string | undefined {
  const text = codes.map((code) => CODES[code]).find((found) => found !== undefined);
  return text && i18n._(text);
}

/** One or two sentences: what happened, and what the person can do next. */
export function problemText(problem: Problem): string {
  const text = codeText(problem.codes);
  if (text !== undefined) return text;
  if (problem.status === 0) return t`Cruddur can’t be reached. Check your connection and try again.`;
  if (problem.status === 429) return t`You’re going a little fast. Wait a moment, then try again.`;
  if (problem.status === 403) return t`This belongs to someone else.`;
  if (problem.status === 404) return t`It’s no longer there.`;
  if (problem.status >= 500) return t`Cruddur is having trouble. Try again in a moment.`;
  return t`Something went wrong. Reload the page and try again.`;
}
