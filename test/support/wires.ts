// What the suites of the contract run over: every runtime, with a WebSocket and, where its library loads, over WebTransport.
import { HAS_FLEET, RUNTIMES, type Runtime } from './server.ts'
import { type Loaded, webTransport } from './webtransport-library.ts'

type Wire = { readonly name: string; readonly runtime: Runtime; readonly over: Loaded | null }

const over = typeof webTransport === 'string' || HAS_FLEET ? null : webTransport

export const WIRES: readonly Wire[] = RUNTIMES.flatMap((runtime): Wire[] => [
  { name: runtime, runtime, over: null },
  ...(over ? [{ name: `${runtime} over WebTransport`, runtime, over }] : []),
])
