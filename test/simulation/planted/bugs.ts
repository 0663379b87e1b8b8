// Mistakes that somebody could make, as changes of the sources: each must be found. A change that does not fit its source
// any more is an error, so that none of them is ever planted in vain.
import type { Patch } from '../build.ts'
import type { Story } from '../stories.ts'
import { CLIENT_BUGS } from './client-bugs.ts'
import { LEDGER_BUGS } from './ledger-bugs.ts'
import { SERVER_BUGS } from './server-bugs.ts'

export type PlantedBug = {
  readonly name: string
  readonly patches: readonly Patch[]
  /** Told only in this story: the seeds meet it too rarely. @default any seed */
  readonly story?: Story
}

export const PLANTED_BUGS: readonly PlantedBug[] = [...SERVER_BUGS, ...LEDGER_BUGS, ...CLIENT_BUGS]
