// `holdfast show`: one recording, and the story of it.
import {
  type ReadRecording,
  readLateChunks,
  readMissing,
  readStoryEvents,
  readTakeArrivals,
} from '@holdfast/db'
import { LIMITS } from '@holdfast/protocol'
import { defineCommand } from 'citty'
import { type StoryEntry, tellStory } from '../../../server/recordings/story.ts'
import { clock, moment, size } from '../human.ts'
import { knownRecording } from '../known-id.ts'
import { onWorkbench } from '../run-command.ts'
import { plural, table } from '../table.ts'
import type { Workbench } from '../workbench.ts'

export const showCommand = defineCommand({
  meta: { name: 'show', description: 'One recording and its story.' },
  args: {
    id: { type: 'positional', description: 'The recording.', required: true },
    json: { type: 'boolean', description: 'Say it as JSON.', default: false },
  },
  run: ({ args }) =>
    onWorkbench(async (bench) => {
      const shown = await read(bench, await knownRecording(bench.db, args.id))
      console.log(args.json ? JSON.stringify(asJson(shown), null, 2) : asText(shown))
      return 0
    }),
})

type Shown = Awaited<ReturnType<typeof read>>

async function read({ db, store }: Workbench, recording: ReadRecording) {
  const { id } = recording
  const [events, late, arrivals, missing, segments] = await Promise.all([
    readStoryEvents(db, id),
    readLateChunks(db, id),
    readTakeArrivals(db, id),
    readMissing(db, id, LIMITS.maxRanges),
    store.segments(id),
  ])
  const story = tellStory({ recording, events, late, arrivals })
  return { recording, missing, segments, story }
}

function asJson({ recording, missing, segments, story }: Shown) {
  const { tokenHash: _tokenHash, ...row } = recording
  return { ...row, missing, segments, story }
}

function asText({ recording, segments, story }: Shown): string {
  const { id, title, status, version, reason, bytes, chunkCount, takes } = recording
  const newest = recording.versions.at(-1)
  const files = plural(segments.filter(({ isConflict }) => !isConflict).length, 'segment')
  return [
    `${id}${title ? ` “${title}”` : ''}`,
    `${status}, version ${version}${reason ? ` (${reason})` : ''}, ${clock(newest?.durationMs ?? null)}`,
    `${plural(chunkCount, 'chunk')}, ${size(bytes)}, ${files}`,
    '',
    table(
      ['take', 'chunks', 'declared', 'bytes', 'type'],
      takes.map((take) => [
        String(take.take),
        String(take.chunkCount),
        String(take.declared ?? '-'),
        size(take.bytes),
        take.mimeType,
      ]),
    ),
    '',
    ...story.map((entry) => `${moment(new Date(entry.at))}  ${sentence(entry)}`),
  ].join('\n')
}

function sentence(entry: StoryEntry): string {
  switch (entry.what) {
    case 'take':
      return `take ${entry.take} began: ${entry.mimeType}`
    case 'returned':
      return `came back after ${clock(entry.awayMs)}`
    case 'stopped':
      return `stopped${entry.reason ? ` by ${entry.reason}` : ''}`
    case 'late':
      return `${plural(entry.chunks, 'late chunk')} for version ${entry.version}`
    case 'version': {
      const gaps = entry.gapCount > 0 ? `, ${plural(entry.gapCount, 'gap')}` : ''
      return `version ${entry.version}: ${entry.status}, ${clock(entry.durationMs)}${gaps}`
    }
    case 'failed':
      return `finalizing failed (${entry.code}): ${entry.message}`
    case 'made':
      return `${entry.job}: ${entry.status}`
    default:
      return entry.what
  }
}
