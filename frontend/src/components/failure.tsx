import { t } from '@lingui/core/macro';

import type { Problem } from '../api/problem';
import { useOnline } from '../base/online';
import { Notice } from './notice';
import { problemText } from './problem-text';

/** Replaces something that could not be loaded. */
export function Failure({ problem, retry }: { problem: Problem; retry: () => void }) {
  const offline = !useOnline() && problem.status === 0;
  return (
    <Notice title={offline ? t`This isn’t on your device` : t`This didn’t load`} alert>
      <p>{offline ? t`It’s there again when you’re back online.` : problemText(problem)}</p>
      <button type="button" className="button" onClick={retry}>
        {t`Try again`}
      </button>
    </Notice>
  );
}
