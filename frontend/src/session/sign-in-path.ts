/** Path of the sign-in page that leads back to `next` afterwards. */
export const signInPath = (next: string) => `/signin?next=${encodeURIComponent(next)}`;

/** The same, leading back to where the person is now. */
export const signInPathFrom = (location: { pathname: string; search: string; hash: string }) =>
  signInPath(location.pathname + location.search + location.hash);
