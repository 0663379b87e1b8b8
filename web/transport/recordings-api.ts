// Owns the JSON calls of a recorder: create the recording, save what was edited, and ask whether its file is final.
// Each may be repeated as often as it takes.
import type { Gap, Mark, RecordingStatus } from '@holdfast/protocol'
import type { ReadyEvent } from '../session/recording.ts'
import { readFailure } from './http.ts'
import { type Endpoint, type Failure, NO_ANSWER } from './transport.ts'

/** A call that hangs is a call that failed: it is made again. */
const CALL_TIMEOUT_MS = 15_000

export type NewRecording = {
  readonly title: string | null
  readonly group?: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
  /** For creators that must show who they are. */
  readonly bearer: string | null
}

/** POST /api/recordings. Resolves with null when the recording exists now, with these id and token. */
export async function createRecording(
  { server, id, token }: Endpoint,
  { title, group, metadata, bearer }: NewRecording,
): Promise<Failure | null> {
  const body = {
    id,
    token,
    ...(title === null ? {} : { title }),
    ...(group && { group }),
    ...(metadata ? { metadata } : {}),
  }
  try {
    const response = await fetch(new URL('/api/recordings', server), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        'Content-Type': 'application/json',
        ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
      },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    })
    return response.ok ? null : await readFailure(response)
  } catch {
    return NO_ANSWER
  }
}

export type Edits = { readonly title?: string | null; readonly marks?: readonly Mark[] }

/** PATCH /api/recordings/{id}: what is named replaces what was there. Resolves with null when it is stored. */
export async function saveEdits(
  { server, id, token }: Endpoint,
  edits: Edits,
): Promise<Failure | null> {
  try {
    const response = await fetch(new URL(`/api/recordings/${id}`, server), {
      method: 'PATCH',
      body: JSON.stringify(edits),
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    })
    return response.ok ? null : await readFailure(response)
  } catch {
    return NO_ANSWER
  }
}

type Standing = {
  status: RecordingStatus
  version: number
  durationMs: number | null
  bytes: number
  gaps: readonly Gap[]
  mediaUrl: string
}

/** GET /api/recordings/{id}. Null when the file is not final, or nothing was heard. */
export async function askResult({
  server,
  id,
  token,
}: Endpoint): Promise<ReadyEvent | 'empty' | null> {
  try {
    const response = await fetch(new URL(`/api/recordings/${id}`, server), {
      headers: { Authorization: `Bearer ${token}` },
      cache: 'no-store',
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    })
    if (!response.ok) return null
    const { status, version, durationMs, bytes, gaps, mediaUrl } =
      (await response.json()) as Standing
    if (status === 'empty') return 'empty'
    if (status !== 'ready' && status !== 'incomplete') return null
    return { id, status, version, durationMs, bytes, gaps, mediaUrl }
  } catch {
    return null
  }
}
