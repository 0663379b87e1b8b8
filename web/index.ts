// `@holdfast/web`: records a MediaStream so that it cannot be lost. Framework-free.
//
//   const recording = await record(stream, { title: 'Interview' })
//   recording.on('progress', ({ recordedMs, ackedMs }) => show(recordedMs, ackedMs))
//   await recording.stop()          // everything is durable on the server
//
//   await drainUnsent()             // once per visit: sends what an earlier one left behind
export { storageRoom } from './buffer/storage-room.ts'
export { deleteUnsent, drainUnsent, listUnsent, readUnsent } from './session/earlier-visits.ts'
export { record } from './session/record.ts'
export type * from './session/recording.ts'
export { PartialError } from './session/upload-error.ts'
export { applyUpdate } from './worker/apply-update.ts'
