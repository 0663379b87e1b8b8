// Recorders that send as fast as they are acked, and what is measured of them.

/** One recorder's connection; `send` resolves when one 64 KiB chunk is acked. */
export interface Recorder {
  send(): Promise<void>
  close(): Promise<void>
}

export type Measured = {
  readonly acks: number
  readonly seconds: number
  /** Sorted. */
  readonly latenciesMs: readonly number[]
}

export const CHUNK_BYTES = 64 * 1024

export type LoadOptions = {
  recorders: readonly Recorder[]
  /** Chunks on their way per recorder. */
  inFlight: number
  warmMs: number
  measureMs: number
  /** Run at the beginning and the end of what is measured. */
  onEdge: () => Promise<void>
}

/** Keeps every recorder busy; counts the acks that arrive between the two edges. */
export async function measureLoad(options: LoadOptions): Promise<Measured> {
  const { recorders, inFlight, warmMs, measureMs, onEdge } = options
  const latenciesMs: number[] = []
  let phase: 'warm' | 'measured' | 'over' = 'warm'
  const lane = async (recorder: Recorder): Promise<void> => {
    while (phase !== 'over') {
      const sentAt = performance.now()
      await recorder.send()
      if (phase === 'measured') latenciesMs.push(performance.now() - sentAt)
    }
  }
  const lanes = recorders.flatMap((recorder) =>
    Array.from({ length: inFlight }, () => lane(recorder)),
  )
  await pause(warmMs)
  await onEdge()
  phase = 'measured'
  const startedAt = performance.now()
  await pause(measureMs)
  phase = 'over'
  const seconds = (performance.now() - startedAt) / 1000
  const acks = latenciesMs.length
  await onEdge()
  await Promise.all(lanes)
  return { acks, seconds, latenciesMs: latenciesMs.sort((a, b) => a - b) }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
