// The server as a library: for scripts, and for tests that run it in their own process.
export { type Config, type Environment, readConfig } from './config.ts'
export { type Holdfast, type HoldfastOptions, startHoldfast } from './holdfast.ts'
export { createLog, type Log } from './observe/log.ts'
