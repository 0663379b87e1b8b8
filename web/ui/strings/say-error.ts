// What went wrong, in the language in use.
import { errorWords } from './strings.ts'

type Told = { readonly message: string; readonly code?: string | number }

/** As it was told, where the language has no words of its own for it. */
export function sayError({ code, message }: Told): string {
  const known: Readonly<Record<string, string | undefined>> = errorWords
  return known[code ?? ''] ?? message
}
