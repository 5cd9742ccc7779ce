/*
 * A button above the home feed that puts in what is new. The feed itself never moves under its reader.
 * Somebody who is signed in has its code with the first page: their feed may be a copy without a network.
 */
import { plural, t } from '@lingui/core/macro';

import { type Feed, useFront } from '../api/front';

function goToFirst() {
  window.scrollTo({ top: 0 });
  document.querySelector<HTMLElement>('.cruds .crud-author')?.focus({ preventScroll: true });
}

export default function NewCruds({ feed }: { feed: Feed }) {
  const { count, more, insert } = useFront(feed);
  const show = () => {
    insert();
    setTimeout(goToFirst); // the feed is rendered in the task before
  };
  return (
    <div className="new-cruds" role="status">
      {count > 0 && (
        <button type="button" className="button primary" onClick={show}>
          {more
            ? t`Many new cruds`
            : plural(count, { one: '# new crud', other: '# new cruds' })}
        </button>
      )}
    </div>
  );
}
