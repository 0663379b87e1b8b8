// What the operators' page says, in the language in use.
import type { statusWords as english } from './en-status.ts'
import { loadWords } from './load-words.ts'
import { t } from './strings.ts'
import type { Words } from './words.ts'

type Spoken = { readonly statusWords: Words<typeof english> }

const { said } = await loadWords<Spoken>(t.language, {
  en: () => import('./en-status.ts'),
  de: () => import('./de-status.ts'),
})

export const { statusWords } = said
