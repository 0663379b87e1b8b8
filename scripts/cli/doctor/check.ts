// One thing that the doctor looked at: how it is, what was found, and what to do about it.
export type Verdict = 'ok' | 'warning' | 'failure'

export type Check = {
  readonly what: string
  readonly verdict: Verdict
  readonly found: string
  /** What to do; null when nothing is. */
  readonly advice: string | null
}

export const ok = (what: string, found: string): Check => {
  return { what, verdict: 'ok', found, advice: null }
}
export const warning = (what: string, found: string, advice: string): Check => {
  return { what, verdict: 'warning', found, advice }
}
export const failure = (what: string, found: string, advice: string): Check => {
  return { what, verdict: 'failure', found, advice }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
