// start.js - what cannot wait for the code of the page: the chosen colours, before the first picture; the
// configuration; and the home feed of a visitor, or more code for somebody who is signed in.
// src/app/theme.tsx and src/session/config.ts go on.
{
  const { dataset: given } = document.currentScript;
  const { head, documentElement: page } = document;
  let isVisitor = true;
  try {
    const theme = localStorage.getItem('cruddur:theme');
    if (theme === 'light' || theme === 'dark') page.dataset.theme = theme;
    isVisitor = !Object.keys(localStorage).some((key) => key.endsWith('.LastAuthUser'));
  } catch {} // a browser that keeps nothing

  // By path. An answer that fails, or takes too long, is asked for again.
  const early = (window.early = {});
  const ask = (path, url) =>
    (early[path] = Promise.resolve(url)
      .then((address) => fetch(address, { signal: AbortSignal.timeout(20_000) }))
      .catch(() => {}));
  const config = ask('/config.json', '/config.json');
  const home = '/api/activities/home';
  if (!isVisitor) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = given.member;
    head.append(link);
  } else if (location.pathname === '/')
    ask(
      home,
      config
        .then((response) => response.clone().json())
        .then(({ apiUrl }) => new URL(home, new URL(apiUrl, location.origin))),
    );
}
