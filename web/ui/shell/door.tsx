// Fetches the dialogs when one of them is wanted for the first time.
import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { openedId } from '../store/library.ts'
import { toast } from '../store/speech.ts'
import { t } from '../strings/strings.ts'
import { isHelpOpen } from './help-open.ts'

const fetched = signal<ComponentType | null>(null)

function refuse(): void {
  openedId.value = null
  isHelpOpen.value = false
  toast(t.connection.away)
}

export function Door() {
  const Dialogs = fetched.value
  const isMissing = !Dialogs && (openedId.value || isHelpOpen.value)
  useEffect(() => {
    if (!isMissing) return
    import('./dialogs.tsx').then((found) => {
      fetched.value = found.Dialogs
    }, refuse)
  }, [isMissing])
  return Dialogs && <Dialogs />
}
