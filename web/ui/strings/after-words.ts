// What is said where something is done with a saved recording, in the language in use.
import type { afterWords as english } from './en-after.ts'
import { loadWords } from './load-words.ts'
import { t } from './strings.ts'
import type { Words } from './words.ts'

type Spoken = { readonly afterWords: Words<typeof english> }

const { said } = await loadWords<Spoken>(t.language, {
  en: () => import('./en-after.ts'),
  de: () => import('./de-after.ts'),
})

export const { afterWords } = said
