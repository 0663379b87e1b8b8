// The way in for a file from disk, for whoever does not drop or paste it.
import { useRef } from 'preact/hooks'
import { Icon } from '../shell/icon.tsx'
import { addFiles } from '../store/added-files.ts'
import { t } from '../strings/strings.ts'

/** By ending too: not every system knows these as video. */
const ACCEPTED = 'video/*,audio/*,.webm,.mkv,.mka,.mp4,.m4v,.m4a,.mov'

export function AddFileButton() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" class="button quiet" onClick={() => input.current?.click()}>
        <Icon name="up" size={18} />
        {t.files.add}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        aria-label={t.files.add}
        onChange={({ currentTarget }) => {
          addFiles([...(currentTarget.files ?? [])])
          // The same file again is a new choice.
          currentTarget.value = ''
        }}
      />
    </>
  )
}
