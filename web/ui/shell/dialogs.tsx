// The dialogs that nobody needs to record: fetched together when the first of them is opened.
import { PlayerDialog } from '../library/player-dialog.tsx'
import { HelpDialog } from './help-dialog.tsx'

export function Dialogs() {
  return (
    <>
      <PlayerDialog />
      <HelpDialog />
    </>
  )
}
