// `holdfast export`: the file of a recording, written to disk: whole and synced, or not at all, and never over one that is there.
import { link, open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'
import { defineCommand } from 'citty'
import { size } from '../human.ts'
import { knownRecording } from '../known-id.ts'
import { readProgress } from '../read-progress.ts'
import { onWorkbench } from '../run-command.ts'
import { type MediaSource, openSource } from './media-source.ts'

export const exportCommand = defineCommand({
  meta: { name: 'export', description: 'Write the file of a recording.' },
  args: {
    id: { type: 'positional', description: 'The recording.', required: true },
    output: { type: 'string', alias: 'o', description: 'The file to write.', required: true },
    mp4: { type: 'boolean', description: 'As MP4, encoded where it must be.', default: false },
    json: { type: 'boolean', description: 'Say it as JSON.', default: false },
  },
  run: ({ args }) =>
    onWorkbench(async (bench) => {
      const { id } = await knownRecording(bench.db, args.id)
      const source = await openSource(bench, id, args.mp4 ? 'mp4' : 'recorded')
      const path = resolve(args.output)
      await write(path, source)
      const written = { path, bytes: source.size, type: source.type }
      console.log(args.json ? JSON.stringify(written) : `${path}: ${size(source.size)}`)
      return 0
    }),
})

async function write(path: string, source: MediaSource): Promise<void> {
  const aside = `${path}.${process.pid}.part`
  const bar = readProgress('Writing', source.size)
  const out = await open(aside, 'wx')
  try {
    for await (const piece of source.bytes) {
      await out.writeFile(piece)
      bar.add(piece.length)
    }
    await out.sync()
    await link(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new HoldfastError('bad_request', { message: `${path} is there already.` })
  } finally {
    await out.close()
    await rm(aside, { force: true })
  }
  bar.end('Written.')
}
