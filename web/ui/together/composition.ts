// Screen and camera as one picture: the screen, and the camera small in its corner. Frame by frame, without a timer
// and without the page being seen: whoever shares another window has this one hidden. Where the browser has no
// access to frames it is not offered.

/** Not in TypeScript's library yet: Chromium's way from a track to its frames and back. */
type FrameReader = { readonly readable: ReadableStream<VideoFrame> }
type FrameWriter = MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> }
declare const MediaStreamTrackProcessor: new (options: { track: MediaStreamTrack }) => FrameReader
declare const MediaStreamTrackGenerator: new (options: { kind: 'video' }) => FrameWriter

/** Of the width of the screen. */
const INSET = 0.22
const MARGIN = 0.02

class Composer {
  readonly #canvas = new OffscreenCanvas(2, 2)
  readonly #context = this.#canvas.getContext('2d', { alpha: false })
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>
  readonly #latest: Record<'screen' | 'camera', VideoFrame | null> = { screen: null, camera: null }

  constructor(writable: WritableStream<VideoFrame>) {
    this.#writer = writable.getWriter()
  }

  /** Takes the frames of one track until it ends, or nobody wants the picture any more. */
  async read(track: MediaStreamTrack, what: 'screen' | 'camera'): Promise<void> {
    const frames = new MediaStreamTrackProcessor({ track }).readable.getReader()
    try {
      for (let next = await frames.read(); !next.done; next = await frames.read()) {
        this.#take(what, next.value)
        // A screen that stands still gives no frames: the camera keeps the time where there is one.
        if (what === 'camera' || !this.#latest.camera) await this.#write()
      }
    } finally {
      await frames.cancel()
      // The other one goes on alone; of the last one its last picture stays.
      if (this.#latest[what === 'screen' ? 'camera' : 'screen']) this.#take(what, null)
    }
  }

  async close(): Promise<void> {
    this.#take('screen', null)
    this.#take('camera', null)
    await this.#writer.close()
  }

  #take(what: 'screen' | 'camera', frame: VideoFrame | null): void {
    this.#latest[what]?.close()
    this.#latest[what] = frame
  }

  async #write(): Promise<void> {
    const { screen, camera } = this.#latest
    const main = screen ?? camera
    if (!main || !this.#context) return
    // Encoders want even sizes.
    const [width, height] = [main.displayWidth & ~1, main.displayHeight & ~1]
    if (this.#canvas.width !== width) this.#canvas.width = width
    if (this.#canvas.height !== height) this.#canvas.height = height
    this.#context.drawImage(main, 0, 0, width, height)
    if (screen && camera) this.#drawInset(camera, width, height)
    const timestamp = Math.round(performance.now() * 1_000)
    await this.#writer.write(new VideoFrame(this.#canvas, { timestamp }))
  }

  #drawInset(camera: VideoFrame, width: number, height: number): void {
    const wide = width * INSET
    const high = (wide * camera.displayHeight) / camera.displayWidth
    const margin = width * MARGIN
    this.#context?.drawImage(camera, width - wide - margin, height - high - margin, wide, high)
  }
}

/** A track that shows both; it ends when both have ended. */
export function composePicture(
  screen: MediaStreamTrack,
  camera: MediaStreamTrack,
): MediaStreamTrack {
  const generator = new MediaStreamTrackGenerator({ kind: 'video' })
  const composer = new Composer(generator.writable)
  const ends = [composer.read(screen, 'screen'), composer.read(camera, 'camera')]
  void Promise.allSettled(ends).then(() => composer.close().catch(() => undefined))
  return generator
}
