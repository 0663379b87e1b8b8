// What a client can see of the invariants once a recording has ended: its state, its file, the ledger's answer to a
// CHECK, and that nothing changes when everything is said again.
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { mediaViolations } from './invariants.ts'
import { buildFile } from './take-pipeline.ts'
import { waitFor } from './wait-for.ts'
import { type Made, type RecordingBody, WireHttp, WireSocket } from './wire-client.ts'
import { type Bytes, chunk, digest, finish, streamed, TYPE, take, wire } from './wire-frames.ts'

/** A recording of one take that was recorded to its end. */
export type Ended = {
  readonly made: Made
  readonly mimeType: string
  readonly init: Uint8Array | null
  readonly chunks: readonly Uint8Array[]
}

type Expected = {
  /** It was never out of reach for longer than the grace time: one finalization, after its FINISH. */
  isFirstEnd: boolean
  /** How long the end may take. */
  patienceMs: number
}

/** I1, I5, I8, I9: what the server tells of it, and the bytes that it serves. */
export async function toldViolations(
  url: string,
  ended: Ended,
  { isFirstEnd, patienceMs }: Expected,
): Promise<string[]> {
  const { made, chunks } = ended
  const http = new WireHttp(url)
  const found: string[] = []
  const view = await http.untilStatus(made, 'ready', 0, patienceMs).catch(async (error) => {
    found.push(`I6, I9: stopped and whole, and yet not ready: ${String(error)}`)
    return (await http.view(made)).body
  })
  if (!view.versions) return found
  const endedBefore = view.version > 1 || (view.version === 1 && view.reason !== 'stop')
  if (isFirstEnd && endedBefore) {
    found.push(`I5: finalized while it lived: ${view.reason}, ${JSON.stringify(view.versions)}`)
  }
  if (view.gaps.length > 0) found.push(`I8: ready with gaps: ${JSON.stringify(view.gaps)}`)
  if (view.takes[0]?.chunks !== chunks.length) {
    found.push(`I1: ${view.takes[0]?.chunks} chunks are told, ${chunks.length} were recorded`)
  }
  const numbers = view.versions.map(({ version }) => version).toSorted((a, b) => a - b)
  if (
    !isDeepStrictEqual(
      numbers,
      [...numbers.keys()].map((at) => at + 1),
    )
  ) {
    found.push(`I2: the versions are numbered ${numbers.join()}`)
  }
  return [...found, ...(await fileViolations(http, ended))]
}

/** I1: the newest version's file is the one that these chunks make, and no other. */
async function fileViolations(http: WireHttp, { made, init, chunks }: Ended): Promise<string[]> {
  try {
    const media = await http.media(made)
    const expected = Buffer.from(buildFile(init, chunks).bytes)
    if (expected.equals(media)) return []
    return ['I1: another file than its chunks make', ...mediaViolations(media, chunks)]
  } catch (error) {
    return [`I1: the file cannot be read: ${String(error)}`]
  }
}

/** As many as a client may have unanswered. */
const AT_ONCE = 16

/**
 * I1, I10, I11: the server says of every chunk that exactly this is stored; the take, the last chunks, the stop and a
 * smaller stop come again, are acked, and change nothing.
 */
export async function encoreViolations(url: string, ended: Ended): Promise<string[]> {
  const { made, mimeType, init, chunks } = ended
  const http = new WireHttp(url)
  const before = stateOf((await http.view(made)).body)
  const flags = init ? 1 : 0
  const checks = chunks.map((bytes, seq) => wire(TYPE.CHECK, digest(bytes), { seq }))
  const again = [...chunks.entries()].slice(-AT_ONCE)
  const encore = [
    take(0, { mimeType, init }),
    ...again.map(([seq, bytes]) => chunk(seq, bytes, { flags })),
    finish([chunks.length]),
    finish([0]),
  ]
  try {
    const answers = await ask(url, made, [...checks, ...encore])
    const refused = answers.filter((one) => one.startsWith('nack'))
    const after = stateOf((await http.view(made)).body)
    const isSame = isDeepStrictEqual(before, after)
    return [
      ...refused.map((one) => `I1, I11: asked again: ${one}`),
      ...(isSame ? [] : [`I10, I11: said again, it became ${JSON.stringify(after)}`]),
    ]
  } catch (error) {
    return [`I11: said again, it was not answered: ${String(error)}`]
  }
}

/** Sends in groups; resolves with one answer for each. */
async function ask(url: string, made: Made, frames: readonly Bytes[]): Promise<string[]> {
  const socket = await WireSocket.greet(url, made)
  try {
    for (let at = 0; at < frames.length; at += AT_ONCE) {
      const group = frames.slice(at, at + AT_ONCE)
      socket.send(...group)
      const isAnswered = () => socket.answers.length >= at + group.length
      await waitFor('the answers', isAnswered, { everyMs: 2 })
    }
    return socket.answers
  } finally {
    socket.close()
  }
}

const stateOf = ({ status, version, reason, bytes, gaps, takes, versions }: RecordingBody) => ({
  ...{ status, version, reason, bytes, gaps, versions },
  // Its links are signed anew each time.
  takes: takes.map(({ take, chunks, missing }) => ({ take, chunks, missing })),
})

/** I12: a stranger's token opens nothing. */
export async function strangerViolations(url: string, { id }: Made): Promise<string[]> {
  const http = new WireHttp(url)
  const token = randomBytes(24).toString('base64url')
  const body = streamed(chunk(0, new Uint8Array(1)), finish([1]))
  const { status, body: answer } = await http.frames({ id }, body, { token })
  const isRefused = status === 401 && (answer.acks ?? []).length === 0
  return isRefused ? [] : [`I12: a stranger's chunk was answered with ${status}`]
}
