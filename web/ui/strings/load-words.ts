// Fetches the words of one language, and of no other: each is a file of its own.
import { LANGUAGES, type Language } from '../store/preferences.ts'

type Load<Said> = Readonly<Record<Language, () => Promise<Said>>>

type Loaded<Said> = { readonly language: Language; readonly said: Said }

/**
 * Where they cannot be had, those of another language, English first: understood by fewer, but more than nothing.
 * @throws what the last one failed with, when no language can be had
 */
export async function loadWords<Said>(wanted: Language, load: Load<Said>): Promise<Loaded<Said>> {
  let failure: unknown
  for (const language of new Set([wanted, ...LANGUAGES])) {
    try {
      return { language, said: await load[language]() }
    } catch (error) {
      console.warn('The words of this language cannot be loaded', language, error)
      failure = error
    }
  }
  throw failure
}
