import { t } from '@lingui/core/macro';
import { useEffect, useRef } from 'react';

interface LoadMoreProps {
  more: boolean;
  loading: boolean;
  failed: boolean;
  load: () => void;
}

/** The end of a list: loads the next page before it scrolls into view, on click after a failure. */
export function LoadMore({ more, loading, failed, load }: LoadMoreProps) {
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
          {t`Couldn’t load more. Try again`}
        </button>
      ) : (
        <span role="status">{loading ? t`Loading more…` : ''}</span>
      )}
    </div>
  );
}
