// What is bundled: everything that runs inside a world, and the world itself.
export { installGlobals } from './engine/globals.ts'
export { type Outcome, runPlan, runSeed } from './world/run-world.ts'
