import { describe, expect, it } from 'vitest'
import type { TakeRow } from '../buffer/rows.ts'
import { ProgressMeter } from './progress-meter.ts'

function meterOf(seconds: number): ProgressMeter {
  const meter = new ProgressMeter()
  for (let seq = 0; seq < seconds; seq += 1) {
    meter.captured(0, seq, { bytes: 100, endMs: (seq + 1) * 1_000 })
    meter.buffered(0, seq, (seq + 1) * 1_000)
  }
  return meter
}

describe('progress', () => {
  it('counts as safe only what is acked without a hole before it', () => {
    const meter = meterOf(5)
    for (const seq of [0, 1, 3, 4]) meter.acked(0, seq)
    expect(meter.read()).toMatchObject({ ackedMs: 2_000, bufferedMs: 5_000, waitingBytes: 100 })
    meter.acked(0, 2)
    expect(meter.read()).toMatchObject({ ackedMs: 5_000, ackedChunks: 5, waitingBytes: 0 })
  })

  it('neither counts a lost part as waiting here, nor passes over it', () => {
    const meter = meterOf(3)
    meter.acked(0, 0)
    meter.acked(0, 2)
    meter.lost(0, 1)
    expect(meter.read()).toMatchObject({ ackedMs: 1_000, recordedMs: 3_000, waitingBytes: 0 })
  })

  it('adds up takes, each with its own media time', () => {
    const meter = meterOf(2)
    meter.captured(1, 0, { bytes: 50, endMs: 700 })
    meter.acked(0, 0)
    meter.acked(0, 1)
    expect(meter.read()).toMatchObject({ recordedMs: 2_700, ackedMs: 2_000, chunks: 3 })
  })

  it('goes by the clock while media time lags behind it', () => {
    const meter = new ProgressMeter(() => 9_000)
    meter.captured(0, 0, { bytes: 1, endMs: 4_000 })
    expect(meter.read().recordedMs).toBe(9_000)
  })

  it('tells what is only in memory', () => {
    const meter = meterOf(1)
    meter.captured(0, 1, { bytes: 70, endMs: 2_000 })
    expect(meter.read()).toMatchObject({ memoryBytes: 70, waitingBytes: 170 })
  })

  it('estimates what an earlier page left from the averages of its take', () => {
    const take: TakeRow = {
      take: 0,
      wire: 0,
      mimeType: 'video/webm',
      startedAt: '',
      chunks: 10,
      bytes: 1_000,
      endMs: 10_000,
    }
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
    const meter = new ProgressMeter()
    meter.addStored({ row, takes: [take], pending: new Map([[0, [7, 8, 9]]]), refused: [] })
    expect(meter.read()).toEqual({
      recordedMs: 10_000,
      bufferedMs: 10_000,
      ackedMs: 7_000,
      chunks: 10,
      ackedChunks: 7,
      waitingBytes: 300,
      memoryBytes: 0,
    })
  })
})
