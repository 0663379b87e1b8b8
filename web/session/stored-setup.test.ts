import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TakeRow } from '../buffer/rows.ts'
import { pendingRanges } from './chunk-choice.ts'
import { firstSeqs } from './seq-set.ts'
import { storedTakes } from './stored-setup.ts'
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
        const takes = storedTakes({ row, takes: [takeOf(chunks)], pending })
        const state = newUploader({ mode: 'drain', rungs: ['http'], created: true, takes })
        const left = state.takes.flatMap((take) => firstSeqs(pendingRanges(take), 100))
        expect(left).toEqual(seqs)
      }),
    )
  })

  it('keeps its total when everything was acked, and its number on the wire', () => {
    const takes = storedTakes({ row, takes: [takeOf(7)], pending: new Map() })
    expect(takes).toEqual([{ take: 0, wire: 3, captured: 7, acked: [[0, 6]] }])
  })

  it('says nothing of a take that never had a chunk', () => {
    expect(storedTakes({ row, takes: [takeOf(0)], pending: new Map() })).toEqual([])
  })
})
