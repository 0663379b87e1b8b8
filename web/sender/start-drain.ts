// Owns the sending of one stored recording that nobody makes any more, in a page or in the service worker.
import type { StoredRecording } from '../buffer/local-buffer.ts'
import { BufferedUpload } from '../session/buffered-upload.ts'
import { LocalCopy } from '../session/local-copy.ts'
import { ProgressMeter } from '../session/progress-meter.ts'
import type { Auth } from '../session/recording.ts'
import type { Rung } from '../transport/transport.ts'
import { Sending } from './sending.ts'
import { refusalOf, storedTakes } from './stored-setup.ts'
import type { Timer } from './timer.ts'
import { uploadError } from './upload-error.ts'

type StartOptions = {
  readonly rungs: readonly [Rung, ...Rung[]]
  readonly timer: Timer
  readonly auth?: Auth | undefined
}

/**
 * Begins to send a stored recording; the caller owns it. Nobody records it any more, or its lock would be
 * held: without a stop it ended by a crash. Nothing is sent when all that is left was refused for good.
 */
export function startDrain(stored: StoredRecording, options: StartOptions): BufferedUpload {
  const copy = new LocalCopy(stored.row, options.auth)
  const meter = new ProgressMeter()
  for (const take of stored.takes) copy.restoreTake(take)
  meter.addStored(stored)
  const upload = new BufferedUpload(copy, meter)
  const refusal = refusalOf(stored)
  if (refusal !== null) {
    upload.noteLoss(uploadError(refusal, false))
    upload.becomePartial(meter.waitingChunks)
    upload.end()
    return upload
  }
  const setup = { mode: 'drain', rungs: options.rungs, takes: storedTakes(stored) } as const
  upload.attach(new Sending(upload, setup, options.timer))
  upload.dispatch({ type: 'stop', reason: stored.row.ended ?? 'error' })
  return upload
}
