// Which news deserves an e-mail: what the person did not see happen. Pressing Stop and getting the whole recording is no news.
import type { DeliveryClaim } from '@holdfast/db'
import type { HoldfastEvent } from '@holdfast/protocol'

export type ReadyEvent = Extract<HoldfastEvent, { type: 'ready' }>

export type Mail =
  | { kind: 'finished' | 'incomplete' | 'late'; event: ReadyEvent }
  | { kind: 'failed'; message: string }

/** A failure that passes by itself within seconds is for the log. */
const TELL_AT_ATTEMPT = 3

export type News = Pick<DeliveryClaim, 'event' | 'reason' | 'isRepeated'>

/** null: there is nothing in it that a person should read. */
export function chooseMail({ event, reason, isRepeated }: News): Mail | null {
  if (event.type === 'failed') {
    return event.attempt === TELL_AT_ATTEMPT ? { kind: 'failed', message: event.message } : null
  }
  if (event.type !== 'ready' || isRepeated) return null
  if (event.version > 1) return { kind: 'late', event }
  if (event.status === 'incomplete') return { kind: 'incomplete', event }
  const isSeen = reason === 'stop' || reason === 'admin'
  return isSeen ? null : { kind: 'finished', event }
}
