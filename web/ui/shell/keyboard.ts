// Listens to the keyboard for the whole page and acts on shortcuts. Dialogs handle their own Esc.

import { focusSearch } from '../library/list-search.tsx'
import { isCapturing } from '../store/phase.ts'
import { openedId } from '../store/place.ts'
import { advance, clearStage, markMoment, togglePause } from '../store/recording.ts'
import { isHelpOpen } from './help-open.ts'
import { type Shortcut, shortcutOf } from './shortcut.ts'

const TYPING = 'input, textarea, select, [contenteditable]'
const CONTROL = 'button, a, summary, video, audio, [role="button"]'

function act(shortcut: Shortcut): void {
  if (shortcut === 'help') isHelpOpen.value = true
  // The recorder's keys work where it is seen: nothing begins or ends behind another page.
  else if (openedId.value !== null) return
  else if (shortcut === 'advance') void advance()
  else if (shortcut === 'pause') togglePause()
  else if (shortcut === 'mark') markMoment()
  else if (shortcut === 'search') focusSearch()
  else if (!isCapturing.value) clearStage()
}

export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    // A modal dialog owns the keyboard while it is open.
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return
    const target = event.target instanceof Element ? event.target : document.body
    const shortcut = shortcutOf({
      key: event.key,
      hasModifier: event.ctrlKey || event.metaKey || event.altKey,
      isRepeat: event.repeat,
      isTyping: target.matches(TYPING),
      isOnControl: target.closest(CONTROL) !== null,
    })
    if (!shortcut) return
    event.preventDefault()
    act(shortcut)
  })
}
