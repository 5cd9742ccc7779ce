import { i18n } from '@lingui/core';

/** A list inside of a sentence: `a, b and c`. The English of the page has no comma before the last one. */
export const listInWords = (parts: string[]) =>
  new Intl.ListFormat(i18n.locale === 'en' ? 'en-GB' : i18n.locale).format(parts);
