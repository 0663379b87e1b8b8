// The language in use. The English comes with the page; another one is fetched before anything is shown, and alone.
import { en } from './en.ts'
import type { ErrorWords } from './error-words.ts'
import { language, locale } from './language.ts'
import type { Words } from './words.ts'

type Spoken = { words: Words<typeof en>; errorWords: ErrorWords }

/** What goes wrong is said by the library, in English, and more exactly where it can. */
const ENGLISH: Spoken = { words: en, errorWords: {} }

// Awaited here, so that what reads words when it is loaded has them in the right language.
const spoken: Spoken = language === 'de' ? await import('./de.ts') : ENGLISH

export const t = { ...spoken.words, locale }
export const { errorWords } = spoken
