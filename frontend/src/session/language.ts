/*
 * The language of the page: that of the browser, unless the person chose. start.js applies the choice at
 * the start.
 */
import { browserLanguage, type Language, LANGUAGE_KEY, LANGUAGES, showLanguage } from '../base/language';
import { local } from './local';

/** A language that can be chosen. */
export type NamedLanguage = keyof typeof LANGUAGES;
export type LanguageChoice = 'auto' | NamedLanguage;

export const isNamed = (tag: string): tag is NamedLanguage => Object.hasOwn(LANGUAGES, tag);

export function storedLanguage(): LanguageChoice {
  const stored = local.get(LANGUAGE_KEY) ?? '';
  return isNamed(stored) ? stored : 'auto';
}

/** The language that a choice stands for. */
export const languageOf = (choice: LanguageChoice): Language =>
  choice === 'auto' ? browserLanguage() : choice;

/** The page is drawn again as soon as it has the texts. */
export async function chooseLanguage(choice: LanguageChoice) {
  if (choice === 'auto') local.remove(LANGUAGE_KEY);
  else local.set(LANGUAGE_KEY, choice);
  await showLanguage(languageOf(choice));
}
