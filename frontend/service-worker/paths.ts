/**
 * Whether an address of this site is a page, as nginx decides it (nginx/nginx.conf.in): the paths of pages
 * have no dots, and begin with nothing that belongs to the server.
 */
export const isPage = (pathname: string): boolean =>
  !/^\/(api|assets|docs|metrics|-|\.well-known)(\/|$)/i.test(pathname) && !/\.[^/]*$/.test(pathname);
