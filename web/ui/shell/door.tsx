// Fetches what most visits do without when it is wanted for the first time: the help, the page of a recording, and the question
// about files that came from outside.
import { held } from '../store/held-files.ts'
import { closeRecording, openedId } from '../store/place.ts'
import { toast } from '../store/speech.ts'
import { t } from '../strings/strings.ts'
import { fetched, useFetched } from './fetched.ts'
import { isHelpOpen } from './help-open.ts'

const help = fetched(async () => (await import('./help-dialog.tsx')).HelpDialog)

export function HelpDoor() {
  const Help = useFetched(help, isHelpOpen.value, () => {
    isHelpOpen.value = false
    toast(t.connection.away)
  })
  return Help && <Help />
}

const page = fetched(async () => (await import('../page/opened-page.tsx')).OpenedPage)

export function PageDoor() {
  const id = openedId.value
  const Page = useFetched(page, id !== null, () => {
    closeRecording()
    toast(t.connection.away)
  })
  return Page && id !== null && <Page key={id} id={id} />
}

const heldFiles = fetched(async () => (await import('../files/held-part.tsx')).HeldPart)

export function HeldDoor() {
  const Held = useFetched(heldFiles, held.value.length > 0, () => toast(t.connection.away))
  return Held && <Held />
}
