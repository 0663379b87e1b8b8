// `holdfast finalize`: a recording now, whether it is due or not.
import { defineCommand } from 'citty'
import { knownRecording } from '../known-id.ts'
import { onWorkbench } from '../run-command.ts'

export const finalizeCommand = defineCommand({
  meta: { name: 'finalize', description: 'Finalize a recording now, or again.' },
  args: {
    id: { type: 'positional', description: 'The recording.', required: true },
    json: { type: 'boolean', description: 'Say it as JSON.', default: false },
  },
  run: ({ args }) =>
    onWorkbench(async ({ db, finalizer }) => {
      const { id } = await knownRecording(db, args.id)
      // null: another finalizer is at it, which is what was asked for.
      const outcome = (await finalizer.finalizeNow(id)) ?? 'running'
      const { status, version } = await knownRecording(db, id)
      const text = `${id}: ${outcome}; ${status}, version ${version}`
      console.log(args.json ? JSON.stringify({ id, outcome, status, version }) : text)
      return outcome === 'failed' ? 1 : 0
    }),
})
