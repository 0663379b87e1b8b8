// Where a recording's files lie: <root>/<last two of the id>/<id>/<segment>. The only place that builds
// paths from ids and keys, and it builds none from what did not pass its checks.
import { join } from 'node:path'
import { HoldfastError, isRecordingId } from '@holdfast/protocol'

const INCARNATION = /^[A-Za-z0-9-]{1,64}$/
const SEGMENT = /^([A-Za-z0-9-]{1,64})-(\d{1,12})\.seg$/
const OBJECT = /^object-[A-Za-z0-9-]{1,64}-\d{1,12}\.seg$/
const CONFLICT = /^conflict-\d{1,5}-\d{1,10}-[0-9a-f]{64}\.seg$/

/** Beside a segment whose write or sync failed: what lies past its ledger rows must be distrusted (R8). */
export const QUARANTINE_SUFFIX = '.quarantined'

export const isConflictKey = (key: string): boolean => CONFLICT.test(key)
/** Written whole by a compaction; never appended to. */
export const isObjectKey = (key: string): boolean => OBJECT.test(key)
export const isSegmentKey = (key: string): boolean =>
  CONFLICT.test(key) || OBJECT.test(key) || SEGMENT.test(key)

export const segmentKey = (incarnation: string, n: number | string): string =>
  `${incarnation}-${n}.seg`
export const objectKey = (incarnation: string, n: number): string =>
  `object-${incarnation}-${n}.seg`

/** Who wrote it; null for a conflicting copy, which does not tell. */
export function incarnationOf(key: string): string | null {
  if (isConflictKey(key)) return null
  return SEGMENT.exec(key.replace(/^object-/, ''))?.[1] ?? null
}

/** Older segments first: incarnations are made in the order of time, and each counts what it writes. */
export function compareAge(a: string, b: string): number {
  const [of, than] = [incarnationOf(a) ?? '', incarnationOf(b) ?? '']
  if (of !== than) return of < than ? -1 : 1
  return numberOf(a) - numberOf(b)
}

const numberOf = (key: string): number => Number(/-(\d+)\.seg$/.exec(key)?.[1] ?? 0)

/** @throws HoldfastError `config_invalid` for a name that would not make a good file name */
export function checkIncarnation(incarnation: string): string {
  const isTaken = /^(conflict|object)(-|$)/.test(incarnation)
  if (INCARNATION.test(incarnation) && !isTaken) return incarnation
  throw new HoldfastError('config_invalid', { message: 'The incarnation is not a plain name.' })
}

/** The end of the id, since UUIDv7 begin with the time: thousands of recordings would share a folder. */
export const shardOf = (recordingId: string): string => recordingId.slice(-2)
export const isShard = (name: string): boolean => /^[0-9a-f]{2}$/.test(name)

export function shardPath(root: string, recordingId: string): string {
  if (isRecordingId(recordingId)) return join(root, shardOf(recordingId))
  throw new HoldfastError('store_failed', { message: 'Not a recording id.' })
}

export function folderPath(root: string, recordingId: string): string {
  return join(shardPath(root, recordingId), recordingId)
}

/** @throws HoldfastError `store_failed` for a key that this store cannot have made */
export function segmentPath(root: string, recordingId: string, key: string): string {
  if (isSegmentKey(key)) return join(folderPath(root, recordingId), key)
  throw new HoldfastError('store_failed', { message: 'Not a segment key.', details: { key } })
}
