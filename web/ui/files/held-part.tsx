// What came from outside of the app: what it is, and the question whether it is to be kept. Fetched when there is any.
import { useSignal } from '@preact/signals'
import type { HeldFile } from '../../buffer/held-files.ts'
import type { FileTrouble } from '../../files.ts'
import { formatBytes } from '../format/bytes.ts'
import { DiscardDialog } from '../recovery/discard-dialog.tsx'
import { useFocusOnMount } from '../shell/focus-on-mount.ts'
import { Icon } from '../shell/icon.tsx'
import { troubleOf } from '../store/added-files.ts'
import { discardFile, held, keepFile } from '../store/held-files.ts'
import { toast } from '../store/speech.ts'
import { heldWords } from '../strings/held-words.ts'
import { t } from '../strings/strings.ts'

async function discard(id: string): Promise<void> {
  try {
    await discardFile(id)
    toast(heldWords.discarded)
  } catch (error) {
    console.info('A held file cannot be deleted now', error)
    toast(heldWords.discardFailed)
  }
}

type ButtonsProps = { id: string; name: string; isBusy: boolean; onKeep: () => Promise<void> }

function Buttons({ id, name, isBusy, onKeep }: ButtonsProps) {
  const isAsked = useSignal(false)
  const ask = (isWanted: boolean) => () => {
    isAsked.value = isWanted
  }
  return (
    <div class="actions">
      <button
        type="button"
        class="button main"
        aria-label={heldWords.keepOf(name)}
        disabled={isBusy}
        onClick={() => void onKeep()}
      >
        {heldWords.keep}
      </button>
      <button
        type="button"
        class="button quiet danger"
        aria-label={t.recovery.discardOf(name)}
        disabled={isBusy}
        onClick={ask(true)}
      >
        {t.recovery.discard}
      </button>
      {isAsked.value && (
        <DiscardDialog
          heading={heldWords.discardSure}
          hint={heldWords.discardHint}
          onDiscard={() => void discard(id)}
          onClose={ask(false)}
        />
      )}
    </div>
  )
}

function HeldRow({ one }: { one: HeldFile }) {
  const { id, file, title } = one.row
  const name = file?.name || title || t.library.untitled
  const isBusy = useSignal(false)
  const trouble = useSignal<FileTrouble | 'failed' | null>(null)
  const keep = async () => {
    isBusy.value = true
    trouble.value = null
    try {
      await keepFile(id)
    } catch (error) {
      console.info('A held file is not kept', error)
      trouble.value = await troubleOf(error)
    }
    isBusy.value = false
  }
  return (
    <li class="unsent-row">
      <div class="unsent-main">
        <span class="row-title" dir="auto" title={name}>
          {name}
        </span>
        <span class="facts digits">{formatBytes(one.file.size, t.locale)}</span>
        {isBusy.value && <div class="safety-bar is-moving" aria-hidden="true" />}
        {trouble.value && <p role="alert">{heldWords.refused[trouble.value]}</p>}
      </div>
      <Buttons id={id} name={name} isBusy={isBusy.value} onKeep={keep} />
    </li>
  )
}

export function HeldPart() {
  const heading = useFocusOnMount<HTMLHeadingElement>()
  if (held.value.length === 0) return null
  return (
    <section class="banner is-waiting" aria-labelledby="held-heading">
      <div class="banner-head">
        <Icon name="alert" size={24} />
        <div>
          <h2 id="held-heading" ref={heading} tabIndex={-1}>
            {heldWords.heading(held.value.length)}
          </h2>
          <p>{heldWords.hint}</p>
        </div>
      </div>
      <ul class="unsent">
        {held.value.map((one) => (
          <HeldRow key={one.row.id} one={one} />
        ))}
      </ul>
    </section>
  )
}
