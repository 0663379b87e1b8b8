// What the operators' page says, in the language in use.
import { statusWords as english } from './en-status.ts'
import { language } from './language.ts'
import type { Words } from './words.ts'

export const statusWords: Words<typeof english> =
  language === 'de' ? (await import('./de-status.ts')).statusWords : english
