// While the browser asks the person for a device: what to do there, and a way back.
import { useFocusOnMount } from '../shell/focus-on-mount.ts'
import { Icon } from '../shell/icon.tsx'
import { clearStage } from '../store/recording.ts'
import { t } from '../strings/strings.ts'
import type { SourceKind } from './media-problem.ts'

export function AskingPanel({ kind }: { kind: SourceKind }) {
  const cancel = useFocusOnMount<HTMLButtonElement>()
  return (
    <div class="panel" role="status">
      <span class="panel-icon good">
        <Icon name={kind} size={30} />
      </span>
      <h1>{t.source.asking[kind]}</h1>
      <p class="soft">{t.source.askingHint}</p>
      <div class="actions">
        <button
          ref={cancel}
          type="button"
          class="button"
          aria-keyshortcuts="Escape"
          onClick={clearStage}
        >
          {t.app.cancel}
        </button>
      </div>
    </div>
  )
}
