// Bits flip in stored chunks while their recorders go on: nobody is served them, and whoever still has the chunk is asked
// for it.
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { waitFor } from '../../support/wait-for.ts'
import { bearer } from '../../support/wire-client.ts'
import type { Crew } from '../crew.ts'
import { fault } from '../fault.ts'
import { type Site, sharedSite } from '../site.ts'

/** A recording, and what lies in its store now: long enough to be found in a file. */
type Flipped = { readonly id: string; readonly token: string; readonly bytes: Buffer }

type Flipping = Site & { served: string[] }

const SEEN_BYTES = 64

/**
 * In the middle of the largest chunk of each recording, of those whose bytes are in its file: the header in the first one is
 * made anew, and the newest may end in half a block.
 */
async function flipOneOfEach(site: Site, crew: Crew): Promise<Flipped[]> {
  const flipped: Flipped[] = []
  for (const { recorder } of crew.members) {
    const { id, token } = recorder.made
    const row = await site.withLedger(async (sql) => {
      const [largest] = await sql`
        select segment, "offset"::int as at, bytes from chunks
        where recording_id = ${id} and seq > 1 and seq < (
          select max(seq) - 3 from chunks where recording_id = ${id})
        order by bytes desc, seq limit 1`
      return largest
    })
    const at = Number(row?.at) + Math.floor(Number(row?.bytes) / 2)
    const path = join(site.storeDir, id.slice(-2), id, String(row?.segment))
    flipped.push({ id, token, bytes: await flipAt(path, at) })
  }
  return flipped
}

/** Only this byte is written: the segment grows meanwhile. Resolves with what lies around it now. */
async function flipAt(path: string, at: number): Promise<Buffer> {
  const file = await open(path, 'r+')
  try {
    const around = Buffer.alloc(SEEN_BYTES)
    const middle = SEEN_BYTES / 2
    await file.read(around, 0, SEEN_BYTES, at - middle)
    around[middle] = (around[middle] ?? 0) ^ 1
    await file.write(around, middle, 1, at)
    return around
  } finally {
    await file.close()
  }
}

/** Somebody plays it: whatever becomes of that, it never holds what lies there now. */
async function isServed(url: string, { id, token, bytes }: Flipped): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/api/recordings/${id}/media`, { headers: bearer(token) })
    return Buffer.from(await answer.arrayBuffer()).includes(bytes)
  } catch {
    // Broken off, which is what should become of it.
    return false
  }
}

/** How many chunks were ever marked. */
function countMarks(site: Site): Promise<number> {
  return site.withLedger(async (sql) => {
    const [row] = await sql`
      select count(*)::int as marks from chunks where absent is not null`
    return Number(row?.marks)
  })
}

export const bitFlip = fault<Flipping>({
  name: 'bit-flip',
  title: 'a bit of a stored chunk flips in every recording, and somebody plays it',
  allow: { mayForgetCounts: true },
  load: { keepsAcked: true },
  build: async (ground) => Object.assign(await sharedSite(ground), { served: [] }),
  strike: async ({ site, crew }) => {
    await crew.untilAcked(10)
    const flipped = await flipOneOfEach(site, crew)
    for (const one of flipped) {
      if (await isServed(site.url, one)) site.served.push(`I1: served damaged: ${one.id}`)
    }
    if (site.served.length > 0) return
    // Those on a WebSocket are told at once; the others learn of it when they say stop.
    const isFound = async () => (await countMarks(site)) === flipped.length
    await waitFor('the damage to be found', isFound)
  },
  also: async ({ site }) => site.served,
  selfTests: [
    {
      without: 'comparing what is read with its sha256',
      sabotage: {
        breaks: [
          {
            file: 'server/verify/sound-bytes.ts',
            line: '  if (isSound(bytes, chunk)) return bytes',
            instead: '  return bytes',
          },
        ],
      },
      finds: /I1: served damaged/,
    },
    {
      without: 'naming a damaged chunk among the missing ones',
      sabotage: {
        breaks: [
          {
            file: 'db/ledger/read-missing.ts',
            line: ' and damaged_at is null\n    ), ends as (',
            instead: '\n    ), ends as (',
          },
        ],
      },
      finds: /I1: acked and lost/,
    },
  ],
})
