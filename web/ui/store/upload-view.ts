// An upload as signals, so that components can read it. Holds no state of its own.
import { type ReadonlySignal, signal } from '@preact/signals'
import type {
  BufferLoss,
  Connection,
  Progress,
  Upload,
  UploadError,
  UploadState,
} from '../../index.ts'

export type UploadView<T extends Upload = Upload> = {
  readonly upload: T
  readonly state: ReadonlySignal<UploadState>
  readonly progress: ReadonlySignal<Progress>
  readonly connection: ReadonlySignal<Connection>
  readonly error: ReadonlySignal<UploadError | null>
  /** This device keeps no copy now: what is captured waits in memory until it is sent. */
  readonly bufferLoss: ReadonlySignal<BufferLoss | null>
  /** What will not be mended: a part is gone, or the server refuses for good. */
  readonly refusal: ReadonlySignal<UploadError | null>
}

const LOSSES: ReadonlySet<string> = new Set([
  'buffer_full',
  'buffer_slow',
  'buffer_unavailable',
] satisfies BufferLoss[])

const isLoss = (code: string): code is BufferLoss => LOSSES.has(code)

export function viewUpload<T extends Upload>(upload: T): UploadView<T> {
  const state = signal(upload.state)
  const progress = signal(upload.progress)
  const connection = signal(upload.connection)
  const error = signal(upload.error)
  const refusal = signal<UploadError | null>(null)
  const bufferLoss = signal<BufferLoss | null>(null)
  const read = () => {
    state.value = upload.state
    error.value = upload.error
    progress.value = upload.progress
  }
  upload.on('state', read)
  upload.on('error', (told) => {
    if (isLoss(told.code)) bufferLoss.value = told.code
    if (!told.retry) refusal.value = told
    read()
  })
  upload.on('buffered', ({ where }) => {
    // The disk takes chunks again, and those that it did not take before.
    if (where === 'disk' && upload.progress.memoryBytes === 0) bufferLoss.value = null
  })
  upload.on('progress', read)
  upload.on('transport', () => {
    connection.value = upload.connection
    error.value = upload.error
  })
  return { upload, state, progress, connection, error, bufferLoss, refusal }
}

/** The recordings of which one on the stage consists: itself, or camera and screen. */
export function partsOf(upload: Upload): readonly Upload[] {
  return 'parts' in upload ? (upload.parts as readonly Upload[]) : [upload]
}

/** Nothing more will be sent, and not everything is acknowledged. */
export const isStuck = (state: UploadState): boolean => state === 'partial' || state === 'failed'

/** Everything and the stop are acknowledged. */
export const isSafe = (state: UploadState): boolean => state === 'safe' || state === 'ready'
