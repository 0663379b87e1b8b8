// A React hook over a recording: its state and its progress as values, its actions as functions.
import { useCallback, useEffect, useState } from 'react'
import { record } from '../session/record.ts'
import type {
  Progress,
  Recording,
  RecordOptions,
  UploadError,
  UploadState,
} from '../session/recording.ts'

export type Recorder = {
  readonly state: UploadState | 'idle'
  readonly progress: Progress | null
  readonly error: UploadError | null
  readonly recording: Recording | null
  /** Rejects as `record` does. */
  readonly start: (stream: MediaStream, options?: RecordOptions) => Promise<Recording>
}

/** Follows one recording; leaving the component stops following, never the recording. */
export function useRecorder(): Recorder {
  const [recording, setRecording] = useState<Recording | null>(null)
  const [, setChange] = useState(0)
  useEffect(() => {
    if (!recording) return undefined
    const changed = () => setChange((count) => count + 1)
    const ends = (['state', 'progress', 'error', 'ready'] as const).map((type) =>
      recording.on(type, changed),
    )
    return () => {
      for (const end of ends) end()
    }
  }, [recording])
  const start = useCallback(async (stream: MediaStream, options: RecordOptions = {}) => {
    const made = await record(stream, options)
    setRecording(made)
    return made
  }, [])
  const { state = 'idle', progress = null, error = null } = recording ?? {}
  return { state, progress, error, recording, start }
}
