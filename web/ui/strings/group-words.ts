// What is said where recordings play together, in the language in use.
import type { groupWords as english } from './en-group.ts'
import { loadWords } from './load-words.ts'
import { t } from './strings.ts'
import type { Words } from './words.ts'

type Spoken = { readonly groupWords: Words<typeof english> }

const { said } = await loadWords<Spoken>(t.language, {
  en: () => import('./en-group.ts'),
  de: () => import('./de-group.ts'),
})

export const { groupWords } = said
