// POST …/stop: the FINISH payload as JSON, also as the text/plain body of a beacon.
import { HoldfastError, readFinish } from '@holdfast/protocol'
import type { IngestDeps } from './deps.ts'
import { finishRecording } from './finish.ts'
import { errorAnswer, type HttpAnswer, standing } from './http-answer.ts'

export type StopRequest = {
  recordingId: string
  /** From the Authorization header; the body may carry it as `token` instead. */
  token: string | null
  /** The parsed JSON body. */
  body: unknown
}

/** 202 when the totals are committed; otherwise the error of the table. Never rejects. */
export async function postStop(deps: IngestDeps, request: StopRequest): Promise<HttpAnswer> {
  try {
    const token = request.token ?? tokenIn(request.body)
    const live = await deps.admission.enter(request.recordingId, token)
    try {
      deps.signs.mark(live.id)
      const { complete } = await finishRecording(deps, live, readStop(request.body))
      return { status: 202, body: { ...(await standing(deps, live.id)), complete } }
    } finally {
      deps.admission.leave(live)
    }
  } catch (error) {
    if (!(error instanceof HoldfastError)) deps.onFault(request.recordingId, error)
    return errorAnswer(error, null)
  }
}

function tokenIn(body: unknown): string | null {
  const token = (body as { token?: unknown } | null)?.token
  return typeof token === 'string' ? token : null
}

/** The same payload as FINISH; over HTTP a bad one is a bad request. */
function readStop(body: unknown): ReturnType<typeof readFinish> {
  try {
    return readFinish(body)
  } catch (cause) {
    throw new HoldfastError('bad_request', { message: String((cause as Error).message), cause })
  }
}
