import type { Problem } from '../api/problem';
import { Notice } from './notice';
import { problemText } from './problem-text';

/** Replaces something that could not be loaded. */
export function Failure({ problem, retry }: { problem: Problem; retry: () => void }) {
  return (
    <Notice title="This didn’t load" alert>
      <p>{problemText(problem)}</p>
      <button type="button" className="button" onClick={retry}>
        Try again
      </button>
    </Notice>
  );
}
