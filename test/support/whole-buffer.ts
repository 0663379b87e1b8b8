// All of the browser's buffer: what records loads one part of it, what sends another.
export * from '../../web/buffer/keep-chunk.ts'
export * from '../../web/buffer/local-buffer.ts'
export * from '../../web/buffer/stored-chunks.ts'
export * from '../../web/buffer/whole-recordings.ts'
