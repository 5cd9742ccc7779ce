/* Unsent work that signing out would delete. */
import { plural } from '@lingui/core/macro';

import { listInWords } from '../base/in-words';
import { unsent } from '../outbox/entries';

/** The unsent work that signing out would delete, in words; undefined if nothing would be lost. */
export function whatIsLost(): string | undefined {
  const { entries, drafts } = unsent();
  const parts: string[] = [];
  if (entries > 0)
    parts.push(
      plural(entries, {
        one: 'one thing that isn’t sent yet',
        other: '# things that aren’t sent yet',
      }),
    );
  if (drafts > 0) parts.push(plural(drafts, { one: 'a draft', other: '# drafts' }));
  return parts.length === 0 ? undefined : listInWords(parts);
}
