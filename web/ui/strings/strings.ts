// The language in use. One today; the choice between several belongs here and nowhere else.
import { en } from './en.ts'

export const t = en
