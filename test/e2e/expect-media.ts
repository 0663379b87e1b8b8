// What "nothing is missing" means in these tests: packet by packet, against what the recorder handed out.
import { expect } from 'vitest'
import { type Packet, probe, readPackets } from '../support/media-probe.ts'

const identity = ({ stream, ms, md5 }: Packet) => `${stream}@${ms} ${md5}`

/** Every packet of the recorder's own bytes, once, in order, at its time; and nothing else. */
export async function expectSamePackets(file: Uint8Array, recorded: Uint8Array): Promise<void> {
  const packets = await readPackets(file)
  expect(packets.map(identity)).toEqual((await readPackets(recorded)).map(identity))
}

/** Every packet of `part`, in order, is in the file; the file may go on behind it. */
export async function expectBeginsWith(file: Uint8Array, part: Uint8Array): Promise<void> {
  const packets = (await readPackets(file)).map(identity)
  const expected = (await readPackets(part)).map(identity)
  // A part that was cut anywhere ends in a cut packet, which the file has whole.
  expect(packets.slice(0, expected.length - 1)).toEqual(expected.slice(0, -1))
}

/** The file's duration by ffprobe, which must have nothing to complain about. */
export async function readSeconds(file: Uint8Array): Promise<number> {
  const { seconds, warnings } = await probe(file)
  expect(warnings).toBe('')
  return seconds
}
