/* The people and tags that complete a word. Requests are few: see `useOptions`. */
import { useEffect, useState } from 'react';

import { fetchJson } from '../../api/http';
import type { Profile, Trend } from '../../api/types';
import { currentAccount } from '../../session/session';
import { beginsWith, folded, type Token } from './completion-token';

export interface Option {
  /** The word that is written behind the sign. */
  value: string;
  /** Of a person. */
  name?: string;
}

/** How many are offered. */
const MOST = 5;
/** A request is sent after this pause in typing. */
const PAUSE_MS = 150;
/** Answers are used again for so long; after a failure nothing is asked for. */
const FRESH_MS = 60_000;
const QUIET_MS = 5_000;
const KEPT = 50;

const answers = new Map<string, { at: number; options: Option[] }>();
let quietUntil = 0;

async function ask({ kind, term }: Pick<Token, 'kind' | 'term'>, signal: AbortSignal): Promise<Option[]> {
  if (kind === 'tag') {
    const tags = await fetchJson<Trend[]>('/api/trends', { signal });
    return tags.map(({ tag }) => ({ value: tag }));
  }
  const path = `/api/users?term=${encodeURIComponent(term)}&limit=${MOST}`;
  const people = await fetchJson<Profile[]>(path, { signal });
  return people.map(({ handle, display_name }) => ({ value: handle, name: display_name }));
}

/** All tags are asked for at once. */
const keyOf = ({ kind, term }: Pick<Token, 'kind' | 'term'>) =>
  `${currentAccount() ?? ''} ${kind === 'tag' ? '#' : `@${folded(term)}`}`;

function known(key: string): Option[] | undefined {
  const answer = answers.get(key);
  return answer && performance.now() - answer.at < FRESH_MS ? answer.options : undefined;
}

function keep(key: string, options: Option[]) {
  answers.delete(key);
  answers.set(key, { at: performance.now(), options });
  const [oldest] = answers.keys();
  if (answers.size > KEPT && oldest !== undefined) answers.delete(oldest);
}

const fitting = (options: Option[], term: string) =>
  options.filter(({ value, name = '' }) => beginsWith(`${value} ${name}`, term)).slice(0, MOST);

/**
 * The options for a token, none if they cannot be had. There is one request at a time: the next change
 * of the word ends it, and until its answer comes, those of the last one that still fit are offered.
 */
export function useOptions(token: Token | undefined): Option[] {
  const [last, setLast] = useState<Pick<Token, 'kind' | 'term'> & { options: Option[] }>();
  const kind = token?.kind;
  const term = token?.term;
  useEffect(() => {
    if (kind === undefined || term === undefined || currentAccount() === null) return undefined;
    const key = keyOf({ kind, term });
    const ending = new AbortController();
    const run = async () => {
      try {
        if (performance.now() < quietUntil) return;
        const options = known(key) ?? (await ask({ kind, term }, ending.signal));
        keep(key, options);
        if (!ending.signal.aborted) setLast({ kind, term, options });
      } catch {
        if (!ending.signal.aborted) quietUntil = performance.now() + QUIET_MS;
      }
    };
    const timer = setTimeout(() => void run(), known(key) ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [kind, term]);
  if (!token || !last || last.kind !== kind) return [];
  // The server finds people also without regard to accents.
  const isTheirs = kind === 'person' && last.term === term;
  const options = isTheirs ? last.options : fitting(last.options, token.term);
  // Nothing is left to complete.
  const [only, ...others] = options;
  return only && others.length === 0 && folded(only.value) === folded(token.term) ? [] : options;
}
