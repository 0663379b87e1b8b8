// What is said where recordings play together, in the language in use.
import { groupWords as english } from './en-group.ts'
import { language } from './language.ts'
import type { Words } from './words.ts'

export const groupWords: Words<typeof english> =
  language === 'de' ? (await import('./de-group.ts')).groupWords : english
