// What can be done with a recording on its page. Who has only a link may read, and keep what they read.
import { useSignal } from '@preact/signals'
import { AfterBar } from '../after/after-bar.tsx'
import type { FindVideo } from '../after/trim-editor.tsx'
import { finalizeRecording } from '../library/recordings-client.ts'
import { toast } from '../store/speech.ts'
import { pageWords } from '../strings/page-words.ts'
import { t } from '../strings/strings.ts'
import { addressIn } from './detail.ts'
import type { PageState } from './page-state.ts'

const words = pageWords.actions

const OWN = ['download', 'link', 'trim', 'rename', 'delete'] as const
const SHARED = ['download'] as const

type FinishProps = { state: PageState; isWanted: boolean }

function Finish({ state: { seen, refresh }, isWanted }: FinishProps) {
  const isBusy = useSignal(false)
  const finish = async () => {
    isBusy.value = true
    try {
      await finalizeRecording(seen.id)
      toast(words.finished)
    } catch {
      toast(t.player.finalizeFailed)
    } finally {
      isBusy.value = false
    }
    await refresh()
  }
  return (
    <button
      type="button"
      class={isWanted ? 'button main' : 'button'}
      title={words.finishAgainHint}
      disabled={isBusy.value}
      onClick={() => void finish()}
    >
      {isWanted ? words.finishNow : words.finishAgain}
    </button>
  )
}

export function Actions({ state, video }: { state: PageState; video: FindVideo }) {
  const info = state.info.value
  const { seen } = state
  if (!info) return null
  const mayWrite = seen.access === null
  return (
    <section aria-label={words.heading}>
      <AfterBar
        info={info}
        actions={mayWrite ? OWN : SHARED}
        mayWrite={mayWrite}
        video={video}
        onChanged={state.refresh}
      >
        {mayWrite && info.status === 'failed' && <Finish state={state} isWanted />}
      </AfterBar>
    </section>
  )
}

/** For who wants to prove what was received, or mend it: few do, so it stands with the chunks. */
export function Proof({ state }: { state: PageState }) {
  const info = state.info.value
  const { seen } = state
  if (!info || info.chunks === 0) return null
  const isOver = info.status === 'ready' || info.status === 'incomplete'
  return (
    <div class="proof">
      <a class="button" href={addressIn(seen, 'receipt')} title={t.player.receiptHint} download>
        {words.receipt}
      </a>
      {seen.access === null && isOver && <Finish state={state} isWanted={false} />}
    </div>
  )
}
