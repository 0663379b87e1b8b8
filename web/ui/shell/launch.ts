// What the app was opened for: a shortcut of its icon, or a file that was shared with it and not taken. Told by the address, once.
import type { SourceKind } from '../record/media-problem.ts'
import { noteRefusal } from '../store/added-files.ts'
import { chooseSource } from '../store/source.ts'
import { toast } from '../store/speech.ts'
import { t } from '../strings/strings.ts'

const SHORTCUTS: readonly SourceKind[] = ['camera', 'microphone', 'screen', 'both']

const ASKED = ['shared', 'refused', 'record'] as const

/** Sharing a screen needs a click: the choice is shown, and this one has the focus. */
export let wantedCard: SourceKind | null = null

let isNothingShared = false

export function readLaunch(): void {
  const asked = new URLSearchParams(location.search)
  if (!ASKED.some((name) => asked.has(name))) return
  isNothingShared = asked.get('shared') === 'none'
  for (const text of asked.getAll('refused')) {
    const [code = '', bytes = '', ...name] = text.split(' ')
    noteRefusal({ code, bytes: Number(bytes), name: name.join(' ') })
  }
  wantedCard = SHORTCUTS.find((kind) => kind === asked.get('record')) ?? null
  // A reload is not opened for it again; what the list shows stays in the address.
  for (const name of ASKED) asked.delete(name)
  const rest = asked.size > 0 ? `?${asked}` : ''
  history.replaceState(history.state, '', location.pathname + rest + location.hash)
}

/** Once the page is there. */
export function followLaunch(): void {
  if (isNothingShared) toast(t.files.sharedNone)
  if (wantedCard === 'camera' || wantedCard === 'microphone') void chooseSource(wantedCard)
}
