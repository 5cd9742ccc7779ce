// nginx serves this as /service-worker.js while CRUDDUR_SERVICE_WORKER is 0: browsers then remove the service worker that
// they have, and what it keeps.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => {
  const remove = async () => {
    for (const name of await caches.keys()) await caches.delete(name);
    await self.registration.unregister();
  };
  event.waitUntil(remove());
});
