import { encodeStreamed, FRAME, type Frame, frame, joinBytes } from '@holdfast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { someChunk, someChunkFrame, someTakeFrame } from '../../test/support/chunks.ts'
import { type SegmentEnd, type SegmentEntry, scanSegment } from './segment-reader.ts'
import { recordFrame } from './store-record.ts'

const deleted = recordFrame({ kind: 'deleted', at: '2025-01-02T03:04:05.000Z', deleted: true })
const frames = [
  someTakeFrame(),
  someChunkFrame({ seq: 0, length: 300 }),
  deleted,
  someChunkFrame({ seq: 1, length: 0 }),
  someChunkFrame({ seq: 2, length: 50 }),
]
const encoded = frames.map(encodeStreamed)
const whole = joinBytes(encoded)
/** Where each frame ends. */
const ends = encoded.map((_, i) => joinBytes(encoded.slice(0, i + 1)).length)

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

async function scan(bytes: Uint8Array, pieceBytes = 64): Promise<(SegmentEntry | SegmentEnd)[]> {
  return Array.fromAsync(scanSegment(inPieces(bytes, pieceBytes), bytes.length))
}

const kinds = (entries: (SegmentEntry | SegmentEnd)[]): string[] => entries.map(({ kind }) => kind)

/** A frame's bytes, changed at one place behind its length and head. */
function spoiled(value: Frame, at: number): Uint8Array {
  const bytes = encodeStreamed(value)
  bytes[12 + at] = (bytes[12 + at] ?? 0) ^ 0xff
  return bytes
}

describe('a scan of a segment', () => {
  it('finds every frame and where its content lies, however the file is cut into pieces', async () => {
    for (const pieceBytes of [1, 7, 64, 100_000]) {
      const entries = await scan(whole, pieceBytes)
      expect(kinds(entries)).toEqual(['take', 'chunk', 'record', 'chunk', 'chunk', 'end'])
      expect(entries.at(-1)).toEqual({ kind: 'end', reason: 'clean', validBytes: whole.length })
      for (const entry of entries) {
        if (entry.kind !== 'chunk') continue
        const media = whole.subarray(entry.offset, entry.offset + entry.chunk.bytes.length)
        expect([...media]).toEqual([...entry.chunk.bytes])
      }
    }
  })

  it('stops cleanly at a tail torn at any byte, and yields all that is whole before it', async () => {
    for (let cut = 0; cut < whole.length; cut++) {
      const entries = await scan(whole.subarray(0, cut))
      const complete = ends.filter((end) => end <= cut)
      expect(entries).toHaveLength(complete.length + 1)
      expect(entries.at(-1)).toEqual({
        kind: 'end',
        reason: cut === (complete.at(-1) ?? 0) ? 'clean' : 'torn',
        validBytes: complete.at(-1) ?? 0,
      })
    }
  })

  it('stops at a tail of zeros, as a power cut leaves it', async () => {
    const entries = await scan(joinBytes([whole, new Uint8Array(500)]))
    expect(entries.at(-1)).toEqual({ kind: 'end', reason: 'garbage', validBytes: whole.length })
  })

  it('stops at a frame that only a client or the wire sends', async () => {
    for (const type of [FRAME.HELLO, FRAME.PING, FRAME.ACK] as const) {
      const entries = await scan(joinBytes([encodeStreamed(frame(type)), whole]))
      expect(entries).toEqual([{ kind: 'end', reason: 'garbage', validBytes: 0 }])
    }
  })

  it('never passes off changed bytes as whole, and reads on behind them', async () => {
    const chunk = someChunkFrame({ seq: 5 })
    const places: [Frame, number][] = [
      [chunk, 0],
      [chunk, 40],
      [chunk, 900],
      [deleted, 0],
      [deleted, 40],
      [someTakeFrame(), 0],
      [frame(FRAME.CHUNK, { payload: new Uint8Array(39) }), 0],
    ]
    for (const [value, at] of places) {
      const entries = await scan(joinBytes([spoiled(value, at), encodeStreamed(chunk)]))
      expect(kinds(entries)).toEqual(['damaged', 'chunk', 'end'])
    }
  })

  it('tells which chunk is damaged', async () => {
    const [entry] = await scan(spoiled(someChunkFrame({ take: 3, seq: 9 }), 500))
    expect(entry).toMatchObject({ kind: 'damaged', type: FRAME.CHUNK, take: 3, seq: 9 })
  })

  it('says unreadable when the disk fails in the middle', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield encoded[0] ?? new Uint8Array(0)
      throw new Error('EIO')
    }
    const entries = await Array.fromAsync(scanSegment(failing(), whole.length))
    expect(kinds(entries)).toEqual(['take', 'end'])
    expect(entries.at(-1)).toMatchObject({ reason: 'unreadable', validBytes: ends[0] })
  })

  it('never throws, whatever it reads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 600 }),
        fc.nat(whole.length),
        fc.integer({ min: 1, max: 200 }),
        async (garbage, cut, pieceBytes) => {
          const entries = await scan(joinBytes([whole.subarray(0, cut), garbage]), pieceBytes)
          expect(entries.filter(({ kind }) => kind === 'end')).toHaveLength(1)
          expect(entries.at(-1)?.kind).toBe('end')
          for (const entry of entries) {
            if (entry.kind !== 'chunk') continue
            expect(entry.chunk.bytes).toEqual(
              someChunk({ seq: entry.chunk.seq, length: entry.chunk.bytes.length }).bytes,
            )
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
