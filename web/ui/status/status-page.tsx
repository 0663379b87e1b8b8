// The operators' page: is all well, what needs somebody, and how it went.
import { render } from 'preact'
import { Notice } from '../shell/notice.tsx'
import { SpeechRegions } from '../shell/speech-regions.tsx'
import { statusWords as words } from '../strings/status-words.ts'
import { t } from '../strings/strings.ts'
import '../styles/status.css'
import { PLOTS } from './curves.ts'
import { FailedList } from './failed-list.tsx'
import { Figures } from './figures.tsx'
import { Plot } from './plot.tsx'
import type { ServerStatus } from './status-client.ts'
import { followStatus, hours, RANGES, reach, status } from './status-state.ts'

/** What is wrong, worst first; null = nothing. */
function troubleOf({ readiness }: ServerStatus): string | null {
  const { database, store, disk, stopping, ffmpeg } = readiness
  if (database !== 'ok') return words.failing.database
  if (store !== 'ok') return words.failing.store
  if (disk !== 'ok') return words.failing.disk
  if (stopping) return words.failing.stopping
  return ffmpeg === 'ok' ? null : words.failing.ffmpeg
}

function Verdict() {
  if (reach.value === 'closed') return <Notice tone="care">{words.closed}</Notice>
  if (reach.value === 'away') return <Notice tone="bad">{words.away}</Notice>
  if (!status.value) return <p class="soft">{words.loading}</p>
  const trouble = troubleOf(status.value)
  if (trouble) return <Notice tone="bad">{trouble}</Notice>
  return (
    <p class="verdict">
      <span class="badge good" role="status">
        <span class="dot" aria-hidden="true" />
        {words.good}
      </span>
    </p>
  )
}

function Range() {
  return (
    <fieldset class="segments">
      <legend class="unseen">{words.range}</legend>
      {RANGES.map((range) => (
        <label key={range} class="segment">
          <input
            type="radio"
            name="range"
            checked={hours.value === range}
            onChange={() => {
              hours.value = range
            }}
          />
          <span>{words.hours(range)}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** The whole range, also where nothing was counted yet. In seconds. */
const spanTo = (now: string): [number, number] => {
  const until = Date.parse(now) / 1000
  return [until - hours.value * 3600, until]
}

function Curves({ status: { now, steps } }: { status: ServerStatus }) {
  if (steps.length === 0) return <p class="soft">{words.noData}</p>
  return (
    <div class="plots">
      {PLOTS.map((plan) => (
        <Plot key={plan.title} plan={plan} steps={steps} span={spanTo(now)} />
      ))}
    </div>
  )
}

function StatusPage() {
  const known = status.value
  return (
    <div class="app">
      <header class="topbar">
        <a class="brand" href="/">
          <img src="/icons/icon.svg" width="32" height="32" alt="" />
          {t.app.name}
        </a>
        <a class="button quiet" href="/">
          {words.back}
        </a>
      </header>
      <main class="status">
        <div class="status-head">
          <h1>{words.heading}</h1>
          <Range />
        </div>
        <Verdict />
        {known && (
          <>
            <Figures status={known} />
            <FailedList recordings={known.failedRecordings} />
            <Curves status={known} />
          </>
        )}
      </main>
      <SpeechRegions />
    </div>
  )
}

export function showStatus(root: Element): void {
  document.title = `${words.heading} · ${t.app.name}`
  render(<StatusPage />, root)
  followStatus(new AbortController().signal)
}
