// Which language is spoken: the one that was chosen here, else the first of the browser's that is known.
import { LANGUAGES, type Language, storedPreferences } from '../store/preferences.ts'

/** As each is called by those who speak it. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }

const languageOf = (tag: string): Language | undefined =>
  LANGUAGES.find((language) => language === tag.toLowerCase().split('-')[0])

/** @param tags what the browser asks for, best first: `de-AT`, `en` */
export function chooseLanguage(chosen: Language | null, tags: readonly string[]): Language {
  return chosen ?? tags.map(languageOf).find((known) => known !== undefined) ?? 'en'
}

/** For dates and numbers: as they are written where the person lives, if that is in this language. */
export function chooseLocale(language: Language, tags: readonly string[]): string {
  return tags.find((tag) => languageOf(tag) === language) ?? language
}

// Outside of browsers, where the words are tested, nobody asks for any.
export const wantedTags: readonly string[] = globalThis.navigator?.languages ?? []

export const wantedLanguage = chooseLanguage(storedPreferences().language, wantedTags)
