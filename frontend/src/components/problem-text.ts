import type { Problem } from '../api/problem';
import { HANDLE_RULE, limits, NOTHING_VISIBLE } from '../base/limits';

const atMost = (max: number) => `Use at most ${max} characters.`;

/** The error codes that a person can do something about. */
const CODES: Record<string, string> = {
  display_name_blank: 'Enter a name.',
  display_name_invalid: 'Use letters, numbers and signs that everyone can see.',
  display_name_exceed_max_chars: atMost(limits.display_name),
  bio_blank: NOTHING_VISIBLE,
  bio_invalid: 'Something in this text can’t be used. Remove special characters.',
  bio_exceed_max_chars: atMost(limits.bio),
  handle_invalid: HANDLE_RULE,
  handle_reserved: 'This handle is reserved. Choose another one.',
  handle_taken: 'This handle is taken, or it looks like one that is. Choose another one.',
  message_blank: NOTHING_VISIBLE,
  message_invalid: 'Something in this text can’t be used. Remove special characters.',
  message_exceed_max_chars: 'It’s too long.',
  search_term_blank: NOTHING_VISIBLE,
  search_term_exceed_max_chars: atMost(limits.search_term),
  user_not_found: 'Nobody has this handle.',
  user_receiver_is_self: 'You can’t write to yourself.',
  quota_exceeded: 'That’s all for today. Try again tomorrow.',
};

/** The text for the first code that has one. */
export function codeText(codes: string[]): string | undefined {
  return codes.map((code) => CODES[code]).find((text) => text !== undefined);
}

/** One or two sentences: what happened, and what the person can do next. */
export function problemText(problem: Problem): string {
  const text = codeText(problem.codes);
  if (text !== undefined) return text;
  if (problem.status === 0) return 'Cruddur can’t be reached. Check your connection and try again.';
  if (problem.status === 429) return 'You’re going a little fast. Wait a moment, then try again.';
  if (problem.status === 403) return 'This belongs to someone else.';
  if (problem.status === 404) return 'It’s no longer there.';
  if (problem.status >= 500) return 'Cruddur is having trouble. Try again in a moment.';
  return 'Something went wrong. Reload the page and try again.';
}
