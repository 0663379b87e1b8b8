// `holdfast list`: recordings, newest first.
import { type ListedRecording, listRecordings } from '@holdfast/db'
import { HoldfastError, RECORDING_STATUSES, type RecordingStatus } from '@holdfast/protocol'
import { defineCommand } from 'citty'
import { clock, moment, size } from '../human.ts'
import { onWorkbench } from '../run-command.ts'
import { table } from '../table.ts'
import type { Workbench } from '../workbench.ts'

export const listCommand = defineCommand({
  meta: { name: 'list', description: 'Recordings, newest first.' },
  args: {
    status: { type: 'string', description: RECORDING_STATUSES.join(', ') },
    limit: { type: 'string', description: 'At most so many.', default: '50' },
    json: { type: 'boolean', description: 'Say it as JSON.', default: false },
  },
  run: ({ args }) =>
    onWorkbench(async (bench) => {
      const rows = await read(bench, args.status ?? null, Number(args.limit))
      console.log(args.json ? JSON.stringify(rows, null, 2) : asTable(rows))
      return 0
    }),
})

async function read(
  { db }: Workbench,
  status: string | null,
  limit: number,
): Promise<ListedRecording[]> {
  if (status !== null && !isStatus(status))
    throw wrong(`--status must be one of those: ${RECORDING_STATUSES.join(', ')}.`)
  const statuses = status === null ? null : [status]
  if (!(Number.isInteger(limit) && limit > 0)) throw wrong('--limit must be a number above 0.')
  return (await listRecordings(db, { statuses, group: null, after: null, limit })).recordings
}

const isStatus = (text: string): text is RecordingStatus =>
  (RECORDING_STATUSES as readonly string[]).includes(text)

const wrong = (message: string) => new HoldfastError('bad_request', { message })

function asTable(rows: readonly ListedRecording[]): string {
  if (rows.length === 0) return 'No recordings.'
  const cells = rows.map(({ id, status, version, durationMs, bytes, createdAt, title }) => [
    id,
    status,
    version === 0 ? '-' : `v${version}`,
    clock(durationMs),
    size(bytes),
    moment(createdAt),
    title ?? '',
  ])
  return table(['recording', 'status', '', 'length', 'bytes', 'created (UTC)', 'title'], cells)
}
