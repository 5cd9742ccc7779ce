/*
 * The service worker. It keeps the code of one build, and shows the page from it when the network fails or
 * is slow. It keeps no answer of the API: what a person saw is kept by the page, which forgets it when the
 * person signs out (src/session/device.ts).
 *
 *   page (a navigation)      the network; after SLOW_MS, or if it fails: index.html of this build
 *   /assets/ of this build   from the device
 *   everything else          is not touched
 *
 * A new build waits until the person chooses it or all pages of the old one are closed, so index.html and
 * the files that it names come from the same build.
 */
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, matchPrecache, type PrecacheEntry, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';

import { isPage } from './paths';

declare const self: ServiceWorkerGlobalScope;
/** The files of the build; build.mjs fills them in. */
declare const FILES: PrecacheEntry[];

const SHELL = '/index.html';
const SLOW_MS = 3_000;

// The page that has brought it is there before it: it, too, finds its code after a deploy.
clientsClaim();
cleanupOutdatedCaches();
// Without the rules that find a file for another address: /assets/ and index.html are asked for as they are.
precacheAndRoute(FILES, {
  cleanURLs: false,
  // Typed as a string, but there is no page that a folder's path means.
  directoryIndex: '',
  ignoreURLParametersMatching: [],
});

async function page(request: Request): Promise<Response> {
  const network = fetch(request);
  const slow = new Promise<undefined>((resolve) => setTimeout(resolve, SLOW_MS));
  const answer = await Promise.race([network.catch(() => undefined), slow]);
  return answer ?? (await matchPrecache(SHELL)) ?? network;
}

registerRoute(
  ({ request, url, sameOrigin }) =>
    sameOrigin && request.mode === 'navigate' && isPage(url.pathname),
  ({ request }) => page(request),
);

/** The questions of pages (src/app/updates.tsx). */
type Message = { ask: 'has'; path: string } | { ask: 'activate' };

const paths = new Set(FILES.map(({ url }) => url));

self.addEventListener('message', ({ data, ports }) => {
  const message = data as Message;
  if (message.ask === 'activate') void self.skipWaiting();
  else ports[0]?.postMessage(paths.has(message.path));
});
