// Mistakes in the server above its ledger: ingest, store, finalizing, compaction.
import type { PlantedBug } from './bugs.ts'

const INTAKE = 'server/ingest/chunk-intake.ts'
const WRITER = 'server/store/segment-writer.ts'

export const SERVER_BUGS: readonly PlantedBug[] = [
  {
    name: 'ack first',
    patches: [
      {
        file: 'server/ingest/session.ts',
        find: 'const verdict = await deps.intake.take(live, value, transport)',
        replace: `replies.ack('chunk', take, seq)
    const verdict = await deps.intake.take(live, value, transport)`,
      },
    ],
  },
  {
    name: 'no fdatasync',
    patches: [
      { file: WRITER, find: 'await this.#file.datasync()', replace: 'await Promise.resolve()' },
      { file: WRITER, find: 'await this.#file.sync()', replace: 'await Promise.resolve()' },
    ],
  },
  {
    name: 'no directory sync',
    patches: [
      {
        file: WRITER,
        find: 'await this.#folders.sync(this.#recordingId)',
        replace: 'void this.#recordingId',
      },
    ],
  },
  {
    name: 'ack before the row',
    patches: [
      {
        file: INTAKE,
        find: 'const outcome = await batcher.add({ ...row, ...at })',
        replace: `void batcher.add({ ...row, ...at }).catch(() => undefined)
    const outcome: ChunkOutcome = 'stored'`,
      },
    ],
  },
  {
    name: 'cleanup on failure',
    patches: [
      {
        file: 'server/store/local-store.ts',
        find: 'await writeQuarantineMark(this.#disk, path, failure.error)',
        replace: 'await this.#disk.remove(path)',
      },
    ],
  },
  {
    name: 'timer in memory',
    patches: [
      {
        file: 'server/ingest/index.ts',
        find: 'onClosed: (closed) => this.#sockets.delete(closed),',
        replace: `onClosed: (closed) => {
        this.#sockets.delete(closed)
        setTimeout(() => this.#deps.onComplete(recordingId), this.#deps.graceMs + 50)
      },`,
      },
      {
        file: 'server/finalize/sweeper.ts',
        find: 'if (this.#isStopped) return\n    if (this.#timer)',
        replace: `if (this.#isStopped) return
    void beat(this.#options.db, this.#options.incarnation, this.#options.timing.gapMs).catch(() => 0)
    if (!this.#isWanted) return
    if (this.#timer)`,
      },
    ],
  },
  {
    name: 'silent gap',
    patches: [
      {
        file: 'server/media-file/gaps.ts',
        find: 'return told.map((gap) => timed(gap, edges.get(gap.take)))',
        replace: 'return told.slice(told.length).map((gap) => timed(gap, edges.get(gap.take)))',
      },
    ],
  },
  {
    name: 'one key for all versions',
    patches: [
      {
        file: 'server/media-file/etag.ts',
        find: '.update(file.header).update(String(file.size))',
        replace: '',
      },
      {
        file: 'server/media-file/etag.ts',
        find: 'for (const [n, { seq, sha256 }] of chunks.entries()) {',
        replace: 'for (const [n, { seq, sha256 }] of chunks.slice(chunks.length).entries()) {',
      },
    ],
  },
  {
    name: 'purge unverified',
    patches: [
      {
        file: 'server/compaction/segment-remover.ts',
        find: 'if (removable.length > 0) await checkAll(deps, recordingId, removable)',
        replace: 'if (removable.length < 0) await checkAll(deps, recordingId, removable)',
      },
    ],
  },
  {
    name: 'a ping is no sign of life',
    patches: [
      {
        file: 'server/ingest/session.ts',
        find: 'this.#options.deps.signs.mark(live.id)\n    return this.#track',
        replace: 'return this.#track',
      },
      {
        file: 'server/ingest/socket.ts',
        find: 'if (live && isTrusted) this.#options.deps.signs.mark(live.id)',
        replace: 'void [live, isTrusted]',
      },
    ],
  },
  {
    name: 'a segment is written on after a failed sync',
    patches: [
      {
        file: 'server/store/open-segments.ts',
        find: 'this.#slots.delete(recordingId)\n      if (slot.segment) await this.#closeFile(slot.segment)\n      // Out',
        replace: '// Out',
      },
    ],
  },
]
