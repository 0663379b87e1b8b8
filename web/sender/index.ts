// All that sends, and what can be done with what waits to be sent: fetched as one part, behind the one that captures.
export { drainOwned, drainUnsent } from './drain.ts'
export { startLive } from './start-live.ts'
export { deleteUnsent, listUnsent, lookOnDevice, readUnsent } from './unsent.ts'
