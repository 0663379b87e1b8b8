// What people write on a recording afterwards. It changes no byte of the media.

/** A moment that somebody marked, in ms of the recording's file; a player shows it as a chapter. */
export type Mark = { atMs: number; label?: string }

/** What is worth watching, in ms of the recording's file. */
export type Trim = { startMs: number; endMs: number }
