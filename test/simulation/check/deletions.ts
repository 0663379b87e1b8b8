// Looks at everything that is deleted, at the moment before it is: files on the servers' disk (I4), chunks in a browser (I13).
import { toHex } from '@holdfast/protocol'
import { isSegmentKey } from '../../../server/store/recording-folder.ts'
import type { ChunkRow } from '../../../web/buffer/rows.ts'
import { world } from '../engine/scheduler.ts'
import type { Person } from '../world/person.ts'
import { isReadable, type Judged } from './after-all.ts'

/** I4: no row points into it; where an object has replaced it, every chunk of the recording can be read from there. */
export function watchDisk({ site }: Judged): void {
  site.files.onRemove = (path) => {
    const [id = '', segment = ''] = path.split('/').slice(-2)
    if (!isSegmentKey(segment)) return
    world().trace('disk', `…${id.slice(-4)} removes ${segment}`)
    const recording = site.database.tables.recordings.get(id)
    const isReplaced = recording?.retired.has(segment) ?? false
    for (const row of recording?.chunks.values() ?? []) {
      const chunk = `…${id.slice(-4)} ${row.take}/${row.seq}`
      if (row.segment === segment) world().fail(`I4: ${segment} is removed with ${chunk} in it`)
      else if (isReplaced && !isReadable(site.files, id, { row, rotten: new Set() })) {
        world().fail(`I4: ${segment} is removed, and ${chunk} cannot be read where it should lie`)
      }
    }
  }
}

/** I13: a chunk leaves the browser only when the server has acknowledged these very bytes. */
export function watchDevice({ site }: Judged, person: Person): void {
  person.device.storage.onDrop = (key, value) => {
    const [id, take, seq] = key
    if (key.length !== 3) return
    const sha256 = toHex((value as ChunkRow).sha256)
    if (site.witness.ackedDigests.has(`${id}/${sha256}`)) return
    world().fail(`I13: ${person.device.name} forgot ${take}/${seq}, which nobody acknowledged`)
  }
}
