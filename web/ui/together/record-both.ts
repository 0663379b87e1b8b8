// Starts camera and screen in one breath, as two recordings of one group. Fetched when somebody wants it.
import type { Recording, RecordOptions } from '../../index.ts'
import type { SourcePart } from '../record/capture-source.ts'
import { t } from '../strings/strings.ts'
import { RecordingPair } from './recording-pair.ts'

type Record = (stream: MediaStream, options: RecordOptions) => Promise<Recording>

/** @throws what `record` throws for one of them; the other is stopped then, and what it has is kept */
export async function recordBoth(
  record: Record,
  parts: readonly SourcePart[],
  { title = '', ...options }: RecordOptions,
): Promise<RecordingPair> {
  const group = crypto.randomUUID()
  const started = await Promise.allSettled(
    parts.map(({ kind, stream }) => {
      return record(stream, { ...options, group, title: t.record.titleOf[kind](title) })
    }),
  )
  const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  for (const one of started) {
    if (one.status !== 'rejected') continue
    for (const other of running) void other.stop().catch(() => undefined)
    throw one.reason
  }
  const [first, ...more] = running
  if (!first) throw new DOMException('There is nothing to record.', 'InvalidStateError')
  return new RecordingPair([first, ...more])
}
