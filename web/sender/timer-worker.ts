// Owns nothing but waiting: the timers of a dedicated worker are not throttled while its page is hidden.
// A file of its own, since a content policy may forbid workers from blobs.

self.onmessage = ({ data: [id, delayMs] }: MessageEvent<[id: number, delayMs: number]>) => {
  setTimeout(() => self.postMessage(id), delayMs)
}
