// The upload rate as the page knows it: measured while recording, remembered for the next choice of a quality.
import { signal } from '@preact/signals'
import type { Upload } from '../../index.ts'
import { UploadRate } from '../record/upload-rate.ts'
import { prefer } from './preferences.ts'

/** Of the recording on the stage; null until it is known. */
export const measuredBits = signal<number | null>(null)

/** What is remembered is the last recording's. Several recordings share one line. */
export function measureUpload(parts: readonly Upload[]): void {
  const rate = new UploadRate()
  measuredBits.value = null
  for (const part of parts) {
    const keyOf = ({ take, seq }: { take: number; seq: number }) => `${part.id}/${take}/${seq}`
    part.on('captured', (chunk) => rate.captured(keyOf(chunk), chunk.bytes, performance.now()))
    part.on('acked', (chunk) => {
      rate.acked(keyOf(chunk), performance.now())
      measuredBits.value = rate.bitsPerSecond
    })
    part.on('transport', ({ online }) => {
      if (!online) rate.interrupted()
    })
    part.on('state', ({ state }) => {
      const bits = rate.bitsPerSecond
      if (state === 'safe' && bits) prefer({ uploadBits: Math.round(bits) })
    })
  }
}
