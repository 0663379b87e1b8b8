// Builds the simulation and loads it into this process, whose globals are simulated from then on.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSimulation, type Patch } from './build.ts'

export type Simulation = typeof import('./program.ts')

export async function openSimulation(patches: readonly Patch[] = []): Promise<Simulation> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-sim-'))
  try {
    const simulation: Simulation = await import(await buildSimulation(folder, patches))
    simulation.installGlobals()
    return simulation
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
