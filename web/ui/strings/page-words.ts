// What the page of a recording says, in the language in use.
import type { pageWords as english } from './en-page.ts'
import { loadWords } from './load-words.ts'
import { t } from './strings.ts'
import type { Words } from './words.ts'

type Spoken = { readonly pageWords: Words<typeof english> }

const { said } = await loadWords<Spoken>(t.language, {
  en: () => import('./en-page.ts'),
  de: () => import('./de-page.ts'),
})

export const { pageWords } = said
