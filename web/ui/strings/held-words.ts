// What is asked about files that came from outside of the app, in the language in use.
import type { heldWords as english } from './en-held.ts'
import { loadWords } from './load-words.ts'
import { t } from './strings.ts'
import type { Words } from './words.ts'

type Spoken = { readonly heldWords: Words<typeof english> }

const { said } = await loadWords<Spoken>(t.language, {
  en: () => import('./en-held.ts'),
  de: () => import('./de-held.ts'),
})

export const { heldWords } = said
