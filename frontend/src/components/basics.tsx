/* Small pieces that many pages share. */
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'react-router';

import type { Problem } from '../api/problem';
import { useMe } from '../api/people';
import { useNow } from '../now';
import { segments } from '../text';
import { ago, fullTime } from '../time';
import { Icon, type IconName } from './icons';

/** The title of the tab: what is unread, then where one is. */
export function useTitle(name: string) {
  const { data: me } = useMe();
  const unread = me ? me.unread_messages : 0;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${name} · Cruddur`;
  }, [name, unread]);
}

const TONES = 8;

/** The first letter on a colour of its own, the same for a handle wherever it is shown. */
export function Avatar({ handle, name, size }: { handle: string; name: string; size?: 'large' }) {
  let sum = 0;
  for (const letter of handle.toLowerCase()) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  const [first = '?'] = name.trim() || handle;
  return (
    <span className="avatar" data-tone={sum % TONES} data-size={size} aria-hidden="true">
      {first.toUpperCase()}
    </span>
  );
}

/** How long ago, and the full local time on hover. */
export function Time({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={fullTime(at)}>
      {ago(at, now)}
    </time>
  );
}

/** A text with its links, people and tags. */
export function RichText({ text }: { text: string }) {
  return segments(text).map((segment, index) => {
    switch (segment.kind) {
      case 'text':
        return segment.text;
      case 'link':
        return (
          <a key={index} href={segment.to} target="_blank" rel="noopener noreferrer nofollow">
            {segment.text}
          </a>
        );
      default:
        return (
          <Link key={index} to={segment.to}>
            {segment.text}
          </Link>
        );
    }
  });
}

interface NoticeProps {
  icon?: IconName;
  title: string;
  children?: ReactNode;
  alert?: boolean;
  /** It is all that the page has. */
  page?: boolean;
}

/** In place of a list: nothing is here, or something went wrong. */
export function Notice({ icon, title, children, alert = false, page = false }: NoticeProps) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className="notice" role={alert ? 'alert' : undefined}>
      {icon && <Icon name={icon} />}
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}

/** What to tell a person about a problem. */
export function describe(problem: Problem): string {
  if (problem.status === 0) return 'There is no connection. Check yours, then try again.';
  if (problem.status === 429) return 'That was a little fast. Wait a moment, then try again.';
  if (problem.status === 403) return 'This belongs to somebody else.';
  if (problem.status === 404) return 'It is not there any more.';
  if (problem.status >= 500) return 'The server is busy or resting. Try again in a moment.';
  return 'That did not work.';
}

export function Failure({ problem, retry }: { problem: Problem; retry: () => void }) {
  return (
    <Notice title="This did not load" alert>
      <p>{describe(problem)}</p>
      <button type="button" className="button" onClick={retry}>
        Try again
      </button>
    </Notice>
  );
}

/** The shapes of what is loading. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="skeleton-row" aria-hidden="true">
          <span className="skeleton-disc" />
          <span className="skeleton-lines">
            <span />
            <span />
            <span />
          </span>
        </div>
      ))}
    </div>
  );
}

interface MoreProps {
  more: boolean;
  loading: boolean;
  failed: boolean;
  load: () => void;
}

/** At the end of a list: reads on before one gets there, and by hand after a failure. */
export function More({ more, loading, failed, load }: MoreProps) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  const wanted = more && !loading && !failed;
  useEffect(() => {
    if (!wanted || !end.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current();
      },
      { root: end.current.closest('[data-scroller]'), rootMargin: '600px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [wanted]);

  if (!more) return null;
  return (
    <div className="more" ref={end}>
      {failed ? (
        <button type="button" className="button" onClick={load}>
          Could not load more. Try again
        </button>
      ) : (
        <span role="status">{loading ? 'Loading more…' : ''}</span>
      )}
    </div>
  );
}

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: (attributes: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean;
  }) => ReactNode;
}

/** A label, its control, and what is to be known about it. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = `field-${label.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  const note = error ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': note ? `${id}-note` : undefined,
        'aria-invalid': error !== undefined,
      })}
      {note && (
        <p
          id={`${id}-note`}
          className={error ? 'error' : 'hint'}
          role={error ? 'alert' : undefined}
        >
          {note}
        </p>
      )}
    </div>
  );
}

/** How many characters are left; spoken only when they become few. */
export function Count({ length, max }: { length: number; max: number }) {
  const rest = max - length;
  const few = rest <= Math.min(40, max / 5);
  return (
    <span className="count" data-state={rest < 0 ? 'over' : few ? 'few' : undefined}>
      <span aria-hidden="true">{length === 0 ? '' : rest}</span>
      <span className="unseen" role="status">
        {few &&
          (rest < 0
            ? `${-rest} characters too many`
            : rest % 10 === 0
              ? `${rest} characters left`
              : '')}
      </span>
    </span>
  );
}
