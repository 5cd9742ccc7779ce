/*
 * The language of the page: the one that the person chose, or the first that their browser asks for and the
 * page has. start.js decides it before the first picture, and begins to load the catalog of its texts.
 */
import { i18n, type MessageDescriptor, type MessageOptions, type Messages } from '@lingui/core';

type Values = NonNullable<MessageDescriptor['values']>;

/** The languages, each by its own name. */
// eslint-disable-next-line lingui/no-unlocalized-strings -- the same in every language
export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español', ar: 'العربية' } as const;

/** Also English with accents, for tests: a text without accents was not made for translation. */
export type Language = keyof typeof LANGUAGES | 'en-XA';

/** The name of the choice in the storage of the browser; also in start.js. */
export const LANGUAGE_KEY = 'cruddur:language';

const CATALOGS: Record<Exclude<Language, 'en'>, () => Promise<{ messages: Messages }>> = {
  de: () => import('../locales/de.po'),
  es: () => import('../locales/es.po'),
  ar: () => import('../locales/ar.po'),
  'en-XA': () => import('../locales/en-XA.po'),
};

const isLanguage = (tag: string): tag is Language => tag === 'en' || tag in CATALOGS;

/** The language of a tag such as `de-AT`. */
function languageOf(tag: string): Language | undefined {
  const primary = tag.split('-', 1)[0] ?? '';
  return [tag, primary].find(isLanguage);
}

/** The language that is shown. */
export const language = (): Language => languageOf(document.documentElement.lang) ?? 'en';

/** The first language of the browser that the page has. */
export const browserLanguage = (): Language =>
  navigator.languages.map(languageOf).find((found) => found !== undefined) ?? 'en';

/**
 * For dates and numbers: the region that the browser names with this language, and the digits in which
 * names and texts of the page are written.
 */
function formatsOf(chosen: Language): string {
  const own = navigator.languages.find((tag) => languageOf(tag) === chosen) ?? chosen;
  const locale = new Intl.Locale(own, { numberingSystem: 'latn' });
  return locale.toString();
}

/** The locale of dates and numbers. */
export const formatLocale = () => i18n.locales?.[0] ?? 'en';

/*
 * Lingui decodes escapes such as \\u0041 in a whole text, also in what a person has written. An escaped \\ is
 * decoded to itself, and the rest stays.
 */
const escaped = (values: Values | undefined): Values | undefined =>
  values &&
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('\\', '\\x5c') : value,
    ]),
  );

const texts = i18n._.bind(i18n);
i18n._ = (id: string | MessageDescriptor, values?: Values, options?: MessageOptions) =>
  typeof id === 'string'
    ? texts(id, escaped(values), options)
    : texts({ ...id, values: escaped(id.values ?? values) });

/** Whether the page runs from right to left. */
export const isRightToLeft = () => i18n.locale === 'ar';

function activate(chosen: Language, messages: Messages) {
  i18n.loadAndActivate({ locale: chosen, locales: [formatsOf(chosen)], messages });
  document.documentElement.lang = chosen;
  document.documentElement.dir = isRightToLeft() ? 'rtl' : 'ltr';
}

let wanted: Language;

/** Show texts in this language; in English, which is in the code, where the catalog cannot be loaded. */
export async function showLanguage(chosen: Language) {
  wanted = chosen;
  const catalog = chosen === 'en' ? undefined : await CATALOGS[chosen]().catch(() => undefined);
  // Another one may have been chosen while the catalog was loading.
  if (wanted === chosen) activate(catalog ? chosen : 'en', catalog?.messages ?? {});
}
