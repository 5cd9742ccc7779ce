/* The surroundings of a crud on its page: above it what it answers, below it the replies to each reply. */
import '../styles/discussion.css';

import { plural, t } from '@lingui/core/macro';
import { type RefObject, useEffect, useState } from 'react';

import { pathOf, useStatus } from '../api/cruds';
import type { Crud } from '../api/types';
import { limits } from '../base/limits';
import { Link, useLocation } from '../base/router';
import { CrudCard } from './crud';
import { problemText } from './problem-text';

/** A crud of the discussion that the reader cannot see, or that has ended before the others. */
function Gone() {
  return (
    <li className="ancestor-gone">
      <p className="quiet">{t`This crud is gone`}</p>
    </li>
  );
}

/** `ancestors`: what `crud` answers, from the first of the discussion down; some may be missing. */
export function Ancestors({ crud, ancestors }: { crud: Crud; ancestors: Crud[] }) {
  const [first] = ancestors;
  const begins = (first ?? crud).reply_to_activity_uuid === null;
  const isCut = !begins && ancestors.length >= limits.ancestors;
  return (
    <ol className="ancestors" aria-label={t`What this crud answers`}>
      {isCut && first && (
        <li className="ancestor-gone">
          <Link to={pathOf(first)}>{t`Show earlier cruds`}</Link>
        </li>
      )}
      {!begins && !isCut && <Gone />}
      {ancestors.map((ancestor, index) => {
        const next = ancestors[index + 1] ?? crud;
        return [
          <li key={ancestor.uuid}>
            <CrudCard crud={ancestor} />
          </li>,
          next.reply_to_activity_uuid !== ancestor.uuid && <Gone key={`after ${ancestor.uuid}`} />,
        ];
      })}
    </ol>
  );
}

/** The entries of the history whose page has been scrolled to its crud; after that they keep their places. */
const placed = new Set<string>();

/** The page above a crud may change its height for so long: texts are folded, fonts come. */
const SETTLE_MS = 2_000;

/** Keep `element` at the top until the page has settled, or the person moves it. Returns its end. */
function keepAtTop(element: HTMLElement): () => void {
  const place = () => element.scrollIntoView();
  const growth = new ResizeObserver(place);
  growth.observe(document.body);
  const stop = () => growth.disconnect();
  const timeout = setTimeout(stop, SETTLE_MS);
  const moves = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;
  for (const move of moves) window.addEventListener(move, stop, { passive: true });
  place();
  return () => {
    clearTimeout(timeout);
    stop();
    for (const move of moves) window.removeEventListener(move, stop);
  };
}

/** The page begins at `main`, below what it answers; on coming back it is where it was left. */
export function useStartAt(main: RefObject<HTMLElement | null>, isBelow: boolean) {
  const { key, hash } = useLocation();
  useEffect(() => {
    if (!isBelow || hash !== '' || placed.has(key) || !main.current) return undefined;
    placed.add(key);
    return keepAtTop(main.current);
  }, [main, isBelow, hash, key]);
}

function AnswersOf({ uuid }: { uuid: string }) {
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useStatus(uuid);
  const why = error && problemText(error);
  const answers = data?.pages.flatMap(({ value }) => value.replies);
  return (
    <>
      {answers && (
        <ul>
          {answers.map((crud) => (
            <li key={crud.uuid}>
              <CrudCard crud={crud} />
            </li>
          ))}
        </ul>
      )}
      {answers?.length === 0 && <p className="quiet">{t`Nothing to show`}</p>}
      {why && (
        <p className="error" role="alert">
          {t`Not loaded. ${why}`}
        </p>
      )}
      {(error ?? hasNextPage) && (
        <button
          type="button"
          className="answers-more"
          disabled={isFetching}
          onClick={() => void (data ? fetchNextPage() : refetch())}
        >
          {error ? t`Try again` : t`Show more`}
        </button>
      )}
    </>
  );
}

/** The replies to a reply, read when the reader asks for them. */
export function Answers({ crud: { uuid, replies_count } }: { crud: Crud }) {
  const [open, setOpen] = useState(false);
  if (replies_count === 0) return null;
  return (
    <div className="answers">
      <button
        type="button"
        className="answers-more"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {open
          ? t`Hide replies`
          : plural(replies_count, { one: 'Show # reply', other: 'Show # replies' })}
      </button>
      {open && <AnswersOf uuid={uuid} />}
    </div>
  );
}

