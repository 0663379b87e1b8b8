import {
  chunkFrame,
  FRAME,
  type Frame,
  FrameStreamDecoder,
  jsonFrame,
  LIMITS,
  maxFrameBytes,
} from '@holdfast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beaconBody } from './beacon.ts'

const endpoint = { server: 'http://127.0.0.1', id: 'id', token: 'token' }
const finish = jsonFrame(FRAME.FINISH, { takes: [{ take: 0, chunks: 9 }], reason: 'pagehide' })
const take = jsonFrame(FRAME.TAKE, { mimeType: 'video/webm', startedAt: '', init: null })

const chunk = (seq: number, size: number): Frame =>
  chunkFrame({
    take: 0,
    seq,
    aligned: true,
    sha256: new Uint8Array(32),
    clusterMs: null,
    endMs: null,
    bytes: new Uint8Array(size),
  })

function read(body: Uint8Array): Frame[] {
  const decoder = new FrameStreamDecoder(maxFrameBytes(LIMITS.maxChunkBytes))
  const frames = [...decoder.push(body)]
  decoder.end()
  return frames
}

describe('beacon', () => {
  it('never exceeds what browsers take, and always carries HELLO, TAKE and FINISH', () => {
    const sizes = fc.array(fc.nat(80_000), { maxLength: 8 })
    fc.assert(
      fc.property(sizes, (list) => {
        const chunks = list.map((size, seq) => chunk(seq, size))
        const body = beaconBody(endpoint, { takes: [take], chunks, finish })
        expect(body.length).toBeLessThanOrEqual(LIMITS.beaconBytes)
        const types = read(body).map(({ type }) => type)
        expect(types.slice(0, 2)).toEqual([FRAME.HELLO, FRAME.TAKE])
        expect(types.at(-1)).toBe(FRAME.FINISH)
      }),
    )
  })

  it('takes the chunks in the order of want, and passes over one that is too large', () => {
    const chunks = [chunk(0, 100), chunk(1, 70_000), chunk(2, 200)]
    const body = beaconBody(endpoint, { takes: [], chunks, finish })
    const sent = read(body).filter(({ type }) => type === FRAME.CHUNK)
    expect(sent.map(({ seq }) => seq)).toEqual([0, 2])
  })

  it('fills the budget to the last byte', () => {
    const empty = beaconBody(endpoint, { takes: [], chunks: [chunk(0, 0)], finish })
    const room = LIMITS.beaconBytes - empty.length
    const exact = beaconBody(endpoint, { takes: [], chunks: [chunk(0, room)], finish })
    expect(exact.length).toBe(LIMITS.beaconBytes)
    const over = beaconBody(endpoint, { takes: [], chunks: [chunk(0, room + 1)], finish })
    expect(read(over).some(({ type }) => type === FRAME.CHUNK)).toBe(false)
  })
})
