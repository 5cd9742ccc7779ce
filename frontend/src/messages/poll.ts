const HIDDEN_POLL_MS = 30_000;
const FAILED_POLL_MS = 10_000;

/** A refetchInterval: `ms` while the tab is visible and requests succeed, else longer. */
export function pollEvery(ms: number) {
  return (query: { state: { status: string } }) => {
    if (document.hidden) return HIDDEN_POLL_MS;
    return query.state.status === 'error' ? FAILED_POLL_MS : ms;
  };
}
