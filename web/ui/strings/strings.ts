// The language in use: fetched before anything is shown, and alone.
import { sayNotLoaded } from '../shell/not-loaded.ts'
import type { words as english } from './en.ts'
import type { ErrorWords } from './error-words.ts'
import { chooseLocale, wantedLanguage, wantedTags } from './language.ts'
import { loadWords } from './load-words.ts'
import type { Words } from './words.ts'

type Spoken = { readonly words: Words<typeof english>; readonly errorWords: ErrorWords }

// Awaited here, so that what reads words when it is loaded has them in the right language. Without any it is not run.
const { language, said } = await loadWords<Spoken>(wantedLanguage, {
  en: () => import('./en.ts'),
  de: () => import('./de.ts'),
}).catch((error) => {
  sayNotLoaded()
  throw error
})

export const t = { ...said.words, language, locale: chooseLocale(language, wantedTags) }
export const { errorWords } = said
