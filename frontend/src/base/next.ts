/** A path of this site from the query of an address; `/` instead of anything else. */
export function pathOfThisSite(wanted: string | null, origin = window.location.origin): string {
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, origin)) return '/';
  return new URL(wanted, origin).origin === origin ? wanted : '/';
}
