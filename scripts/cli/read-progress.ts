// How far a long reading is: a bar where a person looks, nothing where a program listens.
import { progress } from '@clack/prompts'

export type ReadProgress = { add(bytes: number): void; end(sentence: string): void }

const SILENT: ReadProgress = { add: () => undefined, end: () => undefined }
/** The bar has this many steps, whatever there is to read. */
const STEPS = 1000

/** @param total bytes in all; 0 = nobody knows */
export function readProgress(what: string, total: number): ReadProgress {
  if (process.stdout.isTTY !== true || total === 0) return SILENT
  const bar = progress({ max: STEPS, style: 'light' })
  bar.start(what)
  let [done, shown] = [0, 0]
  return {
    add: (bytes) => {
      done += bytes
      const step = Math.min(STEPS, Math.floor((done / total) * STEPS))
      if (step === shown) return
      bar.advance(step - shown, `${what} ${Math.floor((step / STEPS) * 100)} %`)
      shown = step
    },
    end: (sentence) => bar.stop(sentence),
  }
}
