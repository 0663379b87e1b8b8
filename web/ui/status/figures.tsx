// The figures of this moment, each with its word; what needs somebody stands out.
import { formatBytes } from '../format/bytes.ts'
import { statusWords as words } from '../strings/status-words.ts'
import { t } from '../strings/strings.ts'
import type { ServerStatus } from './status-client.ts'

type FigureProps = { word: string; value: string; isBad?: boolean }

function Figure({ word, value, isBad = false }: FigureProps) {
  return (
    <div class={isBad ? 'figure is-bad' : 'figure'}>
      <dt>{word}</dt>
      <dd class="digits">{value}</dd>
    </div>
  )
}

const count = (value: number) => new Intl.NumberFormat(t.locale).format(value)

/** Of the newest steps that are whole. */
function rateOf({ steps, stepSeconds }: ServerStatus): string {
  const last = steps.at(-2) ?? steps.at(-1)
  if (!last) return words.figures.unknown
  return words.figures.perSecond(formatBytes(last.bytes / stepSeconds, t.locale))
}

function ackOf({ steps }: ServerStatus): string {
  const last = steps.findLast(({ ackP99Ms }) => ackP99Ms !== null)?.ackP99Ms
  if (last === undefined || last === null) return words.figures.unknown
  return `${count(Math.round(last))} ms`
}

export function Figures({ status }: { status: ServerStatus }) {
  const { live, due, failed, instances, disk, jobs, deliveries, readiness } = status
  const free = disk.freeBytes
  const { figures } = words
  return (
    <dl class="figures">
      <Figure word={figures.live} value={count(live)} />
      <Figure word={figures.due} value={count(due)} />
      <Figure word={figures.failed} value={count(failed)} isBad={failed > 0} />
      <Figure word={figures.rate} value={rateOf(status)} />
      <Figure word={figures.ack} value={ackOf(status)} />
      <Figure
        word={figures.disk}
        value={free === null ? figures.unknown : formatBytes(free, t.locale)}
        isBad={readiness.disk === 'low'}
      />
      <Figure word={figures.instances} value={count(instances.length)} />
      <Figure word={figures.jobs} value={count(jobs.running + jobs.waiting)} />
      <Figure word={figures.deliveries} value={count(deliveries.waiting)} />
    </dl>
  )
}
