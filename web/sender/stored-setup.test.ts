import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TakeRow } from '../buffer/rows.ts'
import { pendingRanges } from './chunk-choice.ts'
import { firstSeqs } from './seq-set.ts'
import { refusalOf, storedTakes } from './stored-setup.ts'
import { newUploader } from './uploader-state.ts'

const row = {
  id: '',
  token: '',
  server: '',
  title: null,
  metadata: null,
  bearer: null,
  createdAt: '',
  created: true,
  ended: null,
}
const takeOf = (chunks: number): TakeRow => ({
  take: 0,
  wire: 3,
  mimeType: '',
  startedAt: '',
  chunks,
  bytes: 0,
  endMs: 0,
})

describe('a stored recording', () => {
  it('has exactly the chunks pending that are here', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(30)), fc.nat(30), (here, chunks) => {
        const seqs = here.sort((a, b) => a - b)
        const pending = new Map([[0, seqs]])
        const takes = storedTakes({ row, takes: [takeOf(chunks)], pending, refused: [] })
        const state = newUploader({ mode: 'drain', rungs: ['http'], created: true, takes })
        const left = state.takes.flatMap((take) => firstSeqs(pendingRanges(take), 100))
        expect(left).toEqual(seqs)
      }),
    )
  })

  it('keeps its total when everything was acked, and its number on the wire', () => {
    const takes = storedTakes({ row, takes: [takeOf(7)], pending: new Map(), refused: [] })
    expect(takes).toEqual([{ take: 0, wire: 3, captured: 7, acked: [[0, 6]], stuck: [] }])
  })

  it('says nothing of a take that never had a chunk', () => {
    expect(storedTakes({ row, takes: [takeOf(0)], pending: new Map(), refused: [] })).toEqual([])
  })

  it('neither offers again what was refused, nor takes a lost chunk for acked', () => {
    const pending = new Map([[0, [1, 2]]])
    const refused = [
      { take: 0, seq: 1, code: 'chunk_conflict' },
      { take: 0, seq: 4, code: 'chunk_lost' },
    ] as const
    const takes = storedTakes({ row, takes: [takeOf(5)], pending, refused })
    const ranges = {
      acked: [
        [0, 0],
        [3, 3],
      ],
      stuck: [
        [1, 1],
        [4, 4],
      ],
    }
    expect(takes).toEqual([{ take: 0, wire: 3, captured: 5, ...ranges }])
    const state = newUploader({ mode: 'drain', rungs: ['http'], created: true, takes })
    expect(state.takes.flatMap(pendingRanges)).toEqual([[2, 2]])
  })

  it('rests when nothing is left but what was refused', () => {
    const refused = [{ take: 0, seq: 1, code: 'chunk_conflict' }] as const
    const stored = { row, takes: [takeOf(5)], refused }
    expect(refusalOf({ ...stored, pending: new Map([[0, [1]]]) })).toBe('chunk_conflict')
    expect(refusalOf({ ...stored, pending: new Map([[0, [1, 2]]]) })).toBeNull()
    // Nothing is here, and the server may not know how it ended.
    expect(refusalOf({ ...stored, pending: new Map() })).toBeNull()
  })
})
