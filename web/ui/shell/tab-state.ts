// What another tab can see of the recording: the title's beginning and the icon. Pure.
import { formatClock } from '../format/duration.ts'
import type { Phase } from '../store/phase.ts'
import { t } from '../strings/strings.ts'

export type TabState = { title: string; icon: string }

/** `page`: what is looked at, where that is not the list. */
export function tabStateOf(phase: Phase, recordedMs: number, page: string | null = null): TabState {
  const name = page === null ? t.app.name : `${page} · ${t.app.name}`
  const titled = (prefix: string) => `${prefix} · ${name}`
  const clock = formatClock(recordedMs)
  if (phase === 'recording') {
    return { title: titled(t.tab.recording(clock)), icon: '/icons/favicon-recording.svg' }
  }
  if (phase === 'paused') {
    return { title: titled(t.tab.paused(clock)), icon: '/icons/favicon-paused.svg' }
  }
  if (phase === 'saving') {
    return { title: titled(t.tab.saving), icon: '/icons/favicon-waiting.svg' }
  }
  return { title: name, icon: '/icons/favicon.svg' }
}
