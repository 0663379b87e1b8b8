// What this device knows of a recording when the server tells nothing of it: by the upload of this page, or else by what is stored.
import { useEffect, useState } from 'preact/hooks'
import type { OnDevice, TakeChunks } from '../../index.ts'
import { lookOnDevice } from '../../session/earlier-visits.ts'
import type { OtherUpload } from '../store/uploads.ts'
import type { Own } from './own-upload.ts'

export type Device = {
  readonly id: string
  readonly title: string | null
  readonly createdAt: string
  readonly recordedMs: number
  /** What is only here. */
  readonly bytes: number
  readonly chunks: readonly TakeChunks[]
  /** Refused for good. */
  readonly isStuck: boolean
  /** Its row, when this page sends it beside the stage. */
  readonly other: OtherUpload | null
  /** Another tab makes or sends it. */
  readonly isElsewhere: boolean
}

const LOOK_MS = 2_000

function byUpload({ upload, chunks, unsent, other }: Own): Device {
  const { id, title, createdAt, progress } = upload
  return {
    ...{ id, title, createdAt, chunks, other },
    recordedMs: progress.recordedMs,
    bytes: unsent?.bytes ?? 0,
    isStuck: unsent?.isStuck ?? false,
    isElsewhere: false,
  }
}

function byStore({ waitingBytes, ...stored }: OnDevice): Device {
  const isStuck = stored.waitingChunks > 0 && stored.refusedChunks === stored.waitingChunks
  return { ...stored, bytes: waitingBytes, isStuck, other: null, isElsewhere: true }
}

/** Looked for only while `isWanted`; null when nothing of it is here. */
export function useDevice(id: string, own: Own | null, isWanted: boolean): Device | null {
  const [stored, setStored] = useState<OnDevice | null>(null)
  const isLooking = isWanted && own === null
  useEffect(() => {
    if (!isLooking) return
    let isOver = false
    const look = async () => {
      // Storage that is closed to this page tells nothing.
      const found = await lookOnDevice(id).catch(() => null)
      if (!isOver) setStored(found)
    }
    void look()
    const timer = setInterval(() => void look(), LOOK_MS)
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [id, isLooking])
  if (own) return byUpload(own)
  return stored && byStore(stored)
}
