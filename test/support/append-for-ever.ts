// A process that appends until it is killed, and prints one line per acked frame: what a kill test compares
// with the disk. Usage: append-for-ever.ts <root> <incarnation> <recording id>…
import { writeSync } from 'node:fs'
import { errorCode } from '../../server/store/disk.ts'
import { openLocalStore } from '../../server/store/local-store.ts'
import { someChunkFrame } from './chunks.ts'

export type AckedLine = {
  id: string
  seq: number
  length: number
  segment: string
  offset: number
}

/** Sizes that differ, so that frames end anywhere in a page. */
export const lengthOf = (seq: number): number => (seq * 7919) % 100_000

/** Concurrent appends per recording, so that group commits have something to group. */
const WINDOW = 4

async function appendForEver(root: string, incarnation: string, ids: string[]): Promise<void> {
  const store = await openLocalStore({ root, incarnation })
  await Promise.all(
    ids.flatMap((id) => Array.from({ length: WINDOW }, (_, lane) => fill(id, lane))),
  )

  async function fill(id: string, lane: number): Promise<void> {
    for (let seq = lane; ; seq += WINDOW) {
      const length = lengthOf(seq)
      const at = await store.append(id, someChunkFrame({ seq, length }))
      print({ id, seq, length, ...at })
    }
  }
}

/** Synchronous: a line that was printed is a promise that was made. Ends the process when nobody listens. */
function print(line: AckedLine): void {
  try {
    writeSync(1, `${JSON.stringify(line)}\n`)
  } catch (error) {
    if (errorCode(error) !== 'EPIPE') throw error
    process.exit(0)
  }
}

if (import.meta.main) {
  const [root = '', incarnation = '', ...ids] = process.argv.slice(2)
  await appendForEver(root, incarnation, ids)
}
