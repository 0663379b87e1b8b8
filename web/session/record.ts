// Owns the front door: options in, a running recording out.
import { LiveRecording } from './live-recording.ts'
import { newRow } from './record-options.ts'
import type { Recording, RecordOptions } from './recording.ts'
import { fetchSender } from './sender-code.ts'

// Now, not when it is needed: by then the network may be gone.
fetchSender()

/**
 * Begins to record. Resolves once capture runs; never waits for the server.
 * @throws HoldfastError `bad_request` for options that the server would refuse, `recording_exists` when
 * the id is known here with another token
 * @throws DOMException when the browser cannot record the stream
 */
export async function record(stream: MediaStream, options: RecordOptions = {}): Promise<Recording> {
  const recording = new LiveRecording(options, newRow(options))
  // Only an id that was given can be known here: its takes go on being numbered.
  if (options.id !== undefined) await recording.resumeStored(options.token)
  await recording.start(stream)
  return recording
}
