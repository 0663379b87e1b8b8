// What is said where something is done with a saved recording, in the language in use.
import { afterWords as english } from './en-after.ts'
import { language } from './language.ts'
import type { Words } from './words.ts'

export const afterWords: Words<typeof english> =
  language === 'de' ? (await import('./de-after.ts')).afterWords : english
