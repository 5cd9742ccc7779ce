import type { Problem } from '../api/problem';

/** One or two sentences: what happened, and what the person can do next. */
export function problemText(problem: Problem): string {
  if (problem.status === 0) return 'Cruddur can’t be reached. Check your connection and try again.';
  if (problem.status === 429) return 'You’re going a little fast. Wait a moment, then try again.';
  if (problem.status === 403) return 'This belongs to someone else.';
  if (problem.status === 404) return 'It’s no longer there.';
  if (problem.status >= 500) return 'Cruddur is having trouble. Try again in a moment.';
  return 'Something went wrong. Reload the page and try again.';
}
