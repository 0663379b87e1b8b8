// What a fault is: one file of a folder beside this one declares how it strikes and what must hold. The runner brings the
// recorders, the checks and the undoing.
import type { Allowances } from './check.ts'
import type { Crew, Load } from './crew.ts'
import type { Ground, Sabotage } from './ground.ts'
import type { Need } from './needs.ts'
import type { Site } from './site.ts'

/** What a fault strikes: machines under load. */
export type Scene = {
  readonly ground: Ground
  readonly site: Site
  readonly crew: Crew
  readonly random: () => number
  /** Violations seen while it strikes. */
  readonly found: string[]
}

export type SelfTest = {
  /** What is taken away, as in "without …". */
  readonly without: string
  readonly sabotage: Sabotage
  readonly needs?: readonly Need[]
  /** The violation that must be found then. */
  readonly finds: RegExp
}

/** `S` is what the fault builds: a site, with whatever else of it the strike needs. */
export interface Fault<S extends Site = Site> {
  /** Kebab-case, as `--only` takes it. */
  readonly name: string
  /** What happens, in the words of docs/faults.md. */
  readonly title: string
  readonly needs?: readonly Need[]
  /** @default 6 recorders, a chunk of each every 60 ms */
  readonly load?: Partial<Load>
  readonly allow?: Allowances
  build(ground: Ground): Promise<S>
  /** Does it and ends it: resolves when the machines are whole again. @throws when the machines do not come back */
  strike(scene: Scene & { readonly site: S }): Promise<void>
  /** What must hold beyond the invariants, asked after all recorders came to their end. */
  also?(scene: Scene & { readonly site: S }): Promise<string[]>
  /** Each shows that this suite can fail. */
  readonly selfTests: readonly SelfTest[]
}

/** Keeps the site's own type to the fault itself. */
export const fault = <S extends Site>(declared: Fault<S>): Fault => declared as unknown as Fault
