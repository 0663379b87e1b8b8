// Owns the last word of a dying page: one POST …/frames by `sendBeacon` with HELLO, the tail as far as it
// fits, and FINISH. It has no readable answer, so nothing may ever be deleted because of it (R11).
import { encodeStreamed, FRAME, type Frame, joinBytes, jsonFrame, LIMITS } from '@holdfast/protocol'
import type { Endpoint } from './transport.ts'

export type Farewell = {
  /** TAKE frames that are not acknowledged. */
  readonly takes: readonly Frame[]
  /** CHUNK frames, the most wanted first. */
  readonly chunks: readonly Frame[]
  readonly finish: Frame
}

/** The body: everything that fits into the budget, TAKEs and FINISH always. */
export function beaconBody(
  { id, token }: Endpoint,
  { takes, chunks, finish }: Farewell,
): Uint8Array<ArrayBuffer> {
  const hello = jsonFrame(FRAME.HELLO, { v: 1, recording: id, token })
  const head = [hello, ...takes].map(encodeStreamed)
  const tail = encodeStreamed(finish)
  let left = LIMITS.beaconBytes - tail.length - head.reduce((sum, one) => sum + one.length, 0)
  const middle: Uint8Array[] = []
  for (const chunk of chunks) {
    const bytes = encodeStreamed(chunk)
    if (bytes.length > left) continue
    left -= bytes.length
    middle.push(bytes)
  }
  return joinBytes([...head, ...middle, tail])
}

/** @returns false when the browser did not take it (its budget is used up by others) */
export function sendFarewell(endpoint: Endpoint, farewell: Farewell): boolean {
  const url = new URL(`/api/recordings/${endpoint.id}/frames`, endpoint.server)
  const post = (body: Uint8Array<ArrayBuffer>): boolean =>
    navigator.sendBeacon(url, new Blob([body], { type: 'text/plain' }))
  // The stop matters most: without the tail it still fits when others used the budget.
  return (
    post(beaconBody(endpoint, farewell)) || post(beaconBody(endpoint, { ...farewell, chunks: [] }))
  )
}
