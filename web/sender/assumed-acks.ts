// Owns the doubt about what earlier visits sent: a chunk that was captured and is not here any more counts as acked,
// unless the browser cleared the storage. Only the server knows; "safe" is not said against its word.
import type { SeqRange, TakeRanges, Welcome } from '@holdfast/protocol'
import { setAside } from './answers.ts'
import { firstSeqs, intersect, without } from './seq-set.ts'
import { rangesOf, type Step, type TakeUpload, type Uploader, withTake } from './uploader-state.ts'

const keep = (state: Uploader): Step => ({ state, effects: [] })

/** WELCOME lists what is stored: what is assumed and not among it is gone. */
export function confirmed(state: Uploader, welcome: Welcome): Step {
  // Cut at its limit, or made up for a rung that has no WELCOME: it says nothing of what it leaves out.
  if (welcome.more || state.link.at !== 'open') return keep(state)
  const lost = (take: TakeUpload) => without(take.assumed, rangesOf(welcome.have, take.wire))
  return settle(giveUpAll(state, lost))
}

/** The holes of a stopped recording: what is assumed and among them is gone. */
export function refuted(state: Uploader, missing: TakeRanges): Step {
  return giveUpAll(state, (take) => intersect(take.assumed, rangesOf(missing, take.wire)))
}

function giveUpAll(state: Uploader, lostOf: (take: TakeUpload) => readonly SeqRange[]): Step {
  let next = keep(state)
  for (const take of state.takes) {
    const lost = lostOf(take)
    const { state: known } = next
    const doubted = withTake(known, take.take, (one) => ({
      acked: without(one.acked, lost),
      assumed: without(one.assumed, lost),
    }))
    next = { state: doubted, effects: next.effects }
    for (const seq of firstSeqs(lost, Number.POSITIVE_INFINITY)) {
      const aside = setAside(next.state, { take: take.take, seq }, 'chunk_lost')
      next = { state: aside.state, effects: [...next.effects, ...aside.effects] }
    }
  }
  return next
}

function settle({ state, effects }: Step): Step {
  return {
    state: { ...state, takes: state.takes.map((take) => ({ ...take, assumed: [] })) },
    effects,
  }
}
