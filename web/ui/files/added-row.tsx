// One file that is being copied to this device, or was not taken and why.
import { formatBytes } from '../format/bytes.ts'
import { Icon } from '../shell/icon.tsx'
import { type AddedFile, forgetFile } from '../store/added-files.ts'
import { t } from '../strings/strings.ts'

export function AddedRow({ one }: { one: AddedFile }) {
  const { id, name, bytes, trouble } = one
  return (
    <li class="unsent-row is-added">
      <div class="unsent-main">
        <span class="row-title" dir="auto" title={name}>
          {name}
        </span>
        <span class="facts digits">
          <span>{formatBytes(bytes, t.locale)}</span>
        </span>
        {trouble ? (
          <p role="alert">{t.files.refused[trouble]}</p>
        ) : (
          <div class="safety-bar is-moving" aria-hidden="true" />
        )}
      </div>
      {trouble && (
        <button
          type="button"
          class="button quiet icon"
          aria-label={t.app.dismiss}
          title={t.app.dismiss}
          onClick={() => forgetFile(id)}
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  )
}
