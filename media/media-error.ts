// Owns the one error class of this package. Nothing here may throw anything else for any input bytes.

/** Why bytes were not understood. Their places are stored in indexes: only ever add at the end. */
export const MEDIA_ERROR_CODES = [
  /** No EBML magic, or a DocType that is neither webm nor matroska. */
  'not_webm',
  /** An id, size or parent that cannot be. */
  'bad_element',
  'element_too_large',
  'header_too_large',
  'header_incomplete',
  /** Not damage: the Segment is complete, or another file begins behind it. */
  'segment_ended',
  /** A stored index that this version did not write. */
  'bad_index',
  /** No ftyp, or a moov that no fragments may follow. */
  'not_mp4',
] as const

export type MediaErrorCode = (typeof MEDIA_ERROR_CODES)[number]

/**
 * Thrown by parsers and decoders when the bytes are not what they should be. Callers of `align`, `indexChunk` and
 * `layoutTake` do not meet it: these answer with the raw path.
 */
export class MediaError extends Error {
  readonly code: MediaErrorCode

  constructor(code: MediaErrorCode, message: string) {
    super(message)
    this.name = 'MediaError'
    this.code = code
  }
}
