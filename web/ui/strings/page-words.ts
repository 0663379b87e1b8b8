// What the page of a recording says, in the language in use.
import { pageWords as english } from './en-page.ts'
import { language } from './language.ts'
import type { Words } from './words.ts'

export const pageWords: Words<typeof english> =
  language === 'de' ? (await import('./de-page.ts')).pageWords : english
