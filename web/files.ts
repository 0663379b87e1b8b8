// `@holdfast/web/files`: sends a file from disk as safely as a recording.
//
//   const upload = await addFile(input.files[0])   // copied into this browser's storage: may be closed now
//   await upload.safe                              // every byte is durable on the server

import { type AddOptions, prepareFile, storeFile } from './session/add-file.ts'
import { drainNew } from './session/drain-new.ts'
import type { Upload } from './session/recording.ts'
import { fetchSender } from './session/sender-code.ts'

export type { AddOptions } from './session/add-file.ts'
export { FileError, type FileTrouble } from './session/media-check.ts'

// Now, not when it is needed: by then the network may be gone.
fetchSender()

/**
 * Copies a WebM, Matroska or MP4 file into this browser's storage and begins to send it. Resolves when the copy is on
 * the disk: from then on it is sent to the end whatever happens to this page, by `drainUnsent` of the next one at the latest. Before
 * that nothing is stored.
 * @throws FileError for what is no media, is cut off, cannot be read, or has no room here
 * @throws HoldfastError `bad_request` for options that the server would refuse
 */
export async function addFile(file: Blob, options: AddOptions = {}): Promise<Upload> {
  const ready = await prepareFile(file, options)
  const { auth } = options
  return await drainNew(ready.row.id, auth === undefined ? {} : { auth }, () => storeFile(ready))
}
