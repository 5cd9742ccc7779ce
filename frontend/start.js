// start.js - what cannot wait for the code of the page: the chosen colours and the language, before the
// first picture; the configuration; and the home feed of a visitor, or more code for somebody who is signed
// in. src/session/theme.ts, src/base/language.ts and src/session/config.ts go on.
{
  const { dataset: given } = document.currentScript;
  const { head, documentElement: page } = document;
  // The frame of the window has the colour of the page; also when another theme is chosen later.
  const paintFrame = (window.paintFrame = (theme) => {
    for (const colour of document.querySelectorAll('meta[data-scheme]')) {
      const { scheme } = colour.dataset;
      const chosen = scheme === theme ? 'all' : 'not all';
      colour.media = theme === 'auto' ? `(prefers-color-scheme: ${scheme})` : chosen;
    }
  });
  const load = (href) => {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = href;
    head.append(link);
  };
  let isVisitor = true;
  let chosen = null;
  try {
    const theme = localStorage.getItem('cruddur:theme');
    if (theme === 'light' || theme === 'dark') paintFrame((page.dataset.theme = theme));
    chosen = localStorage.getItem('cruddur:language');
    isVisitor = !Object.keys(localStorage).some((key) => key.endsWith('.LastAuthUser'));
  } catch {} // a browser that keeps nothing

  // The file of each language's texts. Those in English are in the code.
  const catalogs = JSON.parse(given.catalogs);
  const has = (tag) => tag === 'en' || tag in catalogs;
  const tags = [chosen, ...navigator.languages].filter(Boolean);
  const language = tags.flatMap((tag) => [tag, tag.split('-', 1)[0]]).find(has) ?? 'en';
  page.lang = language;
  page.dir = language === 'ar' ? 'rtl' : 'ltr';
  if (language !== 'en') load(catalogs[language]);

  // By path. An answer that fails, or takes too long, is asked for again. It is read to its end here: a page that
  // has no use for it would leave its request open.
  const early = (window.early = {});
  const ask = (path, url) =>
    (early[path] = Promise.resolve(url)
      .then((address) => fetch(address, { signal: AbortSignal.timeout(20_000) }))
      .then(async (answer) => new Response(await answer.blob(), answer))
      .catch(() => {}));
  const config = ask('/config.json', '/config.json');
  const home = '/api/activities/home';
  if (!isVisitor) load(given.member);
  else if (location.pathname === '/')
    ask(
      home,
      config
        .then((response) => response.clone().json())
        .then(({ apiUrl }) => new URL(home, new URL(apiUrl, location.origin))),
    );
}
