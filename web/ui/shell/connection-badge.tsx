// Whether the server answers, and over which rung. Told from its answers, never from navigator.onLine.
import { computed } from '@preact/signals'
import { serverLink } from '../store/live-events.ts'
import { current, isOver } from '../store/phase.ts'
import type { UploadView } from '../store/upload-view.ts'
import { t } from '../strings/strings.ts'

type Badge = { label: string; tone: 'plain' | 'good' | 'care' }

const AWAY: Badge = { label: t.connection.away, tone: 'care' }
const CONNECTING: Badge = { label: t.connection.connecting, tone: 'plain' }

/** The first connection takes a moment; after that, or when it takes long, the server is away. */
const FIRST_TRY_MS = 3_000

function badgeOfUpload({ connection, progress }: UploadView): Badge {
  const { online, rung } = connection.value
  const { ackedChunks, recordedMs } = progress.value
  if (!online) return ackedChunks === 0 && recordedMs < FIRST_TRY_MS ? CONNECTING : AWAY
  return { label: rung === 'none' ? t.connection.websocket : t.connection[rung], tone: 'good' }
}

/** Refused for good, it has no connection any more: that says nothing of the server. */
const isCutOff = ({ connection, refusal }: UploadView) =>
  refusal.value !== null && !connection.value.online

const badge = computed<Badge>(() => {
  const view = current.value
  if (view && !isOver.value && !isCutOff(view)) return badgeOfUpload(view)
  if (serverLink.value === 'connecting') return CONNECTING
  return serverLink.value === 'up' ? { label: t.connection.websocket, tone: 'good' } : AWAY
})

/** While the page is looked at for the first time one word gives way to the other: there is room for both from the start. */
export function ConnectionBadge() {
  const { label, tone } = badge.value
  return (
    <span class={`badge ${tone}`} role="status" aria-label={t.connection.label}>
      <span class="dot" aria-hidden="true" />
      <span class="words" data-one={t.connection.connecting} data-other={t.connection.websocket}>
        {label}
      </span>
    </span>
  )
}
