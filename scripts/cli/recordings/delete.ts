// `holdfast delete`: hides a recording at once, as the API does; its bytes go when that can no longer be undone.
import { deleteRecording } from '@holdfast/db'
import { HoldfastError, TIMING } from '@holdfast/protocol'
import { defineCommand } from 'citty'
import { knownRecording } from '../known-id.ts'
import { onWorkbench } from '../run-command.ts'
import type { Workbench } from '../workbench.ts'

export const deleteCommand = defineCommand({
  meta: { name: 'delete', description: 'Delete a recording; its audit row stays.' },
  args: {
    id: { type: 'positional', description: 'The recording.', required: true },
    json: { type: 'boolean', description: 'Say it as JSON.', default: false },
  },
  run: ({ args }) =>
    onWorkbench(async (bench) => {
      const { id } = await knownRecording(bench.db, args.id)
      const restoreUntil = (await remove(bench, id)).toISOString()
      const by = bench.isAlone ? 'the next server, or reconcile --apply,' : 'the server'
      const text = `${id} is deleted. It can be restored until ${restoreUntil}, then ${by} removes its bytes.`
      console.log(args.json ? JSON.stringify({ id, restoreUntil }) : text)
      return 0
    }),
})

/** R13: the segments tell of it too, so that a rebuilt ledger keeps it. */
async function remove({ db, store }: Workbench, id: string): Promise<Date> {
  const deletion = await deleteRecording(db, id, TIMING.undoDeleteMs)
  if (!deletion) throw new HoldfastError('recording_deleted')
  const { deletedAt, restoreUntil, isNew } = deletion
  if (isNew && (await store.segments(id)).length > 0) {
    await store.appendRecord(id, { kind: 'deleted', at: deletedAt.toISOString(), deleted: true })
  }
  return restoreUntil
}
