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

function Finish({ state: { seen, info, refresh } }: { state: PageState }) {
  const isBusy = useSignal(false)
  const status = info.value?.status
  const isOver = status === 'ready' || status === 'incomplete' || status === 'failed'
  if (!isOver) return null
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
      class={status === 'failed' ? 'button main' : 'button quiet'}
      title={words.finishAgainHint}
      disabled={isBusy.value}
      onClick={() => void finish()}
    >
      {status === 'failed' ? words.finishNow : words.finishAgain}
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
        {info.chunks > 0 && (
          <a
            class="button quiet"
            href={addressIn(seen, 'receipt')}
            title={t.player.receiptHint}
            download
          >
            {words.receipt}
          </a>
        )}
        {mayWrite && <Finish state={state} />}
      </AfterBar>
    </section>
  )
}
