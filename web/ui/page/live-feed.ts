// Feeds a video element with a recording while it is made: the bytes of its `live` address, through Media Source.
// Keeps a few minutes behind the newest moment and no more, however long the viewer stays.

/** Why there is nothing more to come from this address. */
export type LiveEnd = 'over' | 'not_yet' | 'unsupported'

/** What may be sought back to, and how much is thrown away at once. */
const KEPT_S = 180
const TRIMMED_S = 60

/**
 * Resolves when the answer ends; whether the recording does is another question.
 * @throws TypeError without a connection, DOMException when `signal` aborts or the media breaks off
 */
export async function feedLive(
  video: HTMLVideoElement,
  address: string,
  signal: AbortSignal,
): Promise<LiveEnd> {
  const response = await fetch(address, { signal })
  if (!response.ok || !response.body) return 'not_yet'
  const type = response.headers.get('content-type') ?? ''
  if (!MediaSource.isTypeSupported(type)) {
    await response.body.cancel()
    return 'unsupported'
  }
  const source = await attach(video)
  const buffer = source.addSourceBuffer(type)
  const reader = response.body.getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    await changed(buffer, () => buffer.appendBuffer(piece.value as BufferSource))
    beginPlaying(video)
    const from = video.buffered.length > 0 ? video.buffered.start(0) : 0
    const to = video.currentTime - KEPT_S
    if (to > from + TRIMMED_S) await changed(buffer, () => buffer.remove(from, to))
  }
  if (source.readyState === 'open') source.endOfStream()
  return 'over'
}

async function attach(video: HTMLVideoElement): Promise<MediaSource> {
  const source = new MediaSource()
  const opened = new Promise<unknown>((resolve) => {
    source.addEventListener('sourceopen', resolve, { once: true })
  })
  const address = URL.createObjectURL(source)
  video.src = address
  await opened
  URL.revokeObjectURL(address)
  return source
}

function changed(buffer: SourceBuffer, change: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = () => reject(new DOMException('the media could not be read', 'DataError'))
    buffer.addEventListener('error', failed, { once: true })
    const done = () => {
      buffer.removeEventListener('error', failed)
      resolve()
    }
    buffer.addEventListener('updateend', done, { once: true })
    change()
  })
}

/** Times are those of the take: who joins late begins late. */
function beginPlaying(video: HTMLVideoElement): void {
  const { buffered } = video
  if (buffered.length === 0 || video.currentTime >= buffered.start(0)) return
  video.currentTime = buffered.start(buffered.length - 1)
  // Refused without a click: the controls stay.
  video.play().catch(() => undefined)
}

/** Behind the newest moment by this many seconds; 0 while there is nothing. */
export function lagOf({ buffered, currentTime }: HTMLVideoElement): number {
  return buffered.length === 0 ? 0 : Math.max(0, buffered.end(buffered.length - 1) - currentTime)
}

export function goToEdge(video: HTMLVideoElement): void {
  const { buffered } = video
  if (buffered.length === 0) return
  video.currentTime = Math.max(buffered.start(buffered.length - 1), edgeOf(video) - EDGE_S)
  video.play().catch(() => undefined)
}

/** So much stays buffered, or every chunk that is a little late stops the picture. */
const EDGE_S = 1
const edgeOf = ({ buffered }: HTMLVideoElement) => buffered.end(buffered.length - 1)
