// What was found unsent on this device, what is still being sent of earlier recordings, and files that are added. It is sent
// by itself; the banner says so, and says when it is done.
import { computed } from '@preact/signals'
import { AddedRow } from '../files/added-row.tsx'
import { Icon } from '../shell/icon.tsx'
import { addedFiles, copying } from '../store/added-files.ts'
import { isStuck } from '../store/upload-view.ts'
import { dismissSafe, type OtherUpload, others, unsafeOthers } from '../store/uploads.ts'
import { t } from '../strings/strings.ts'
import { UnsentRow } from './unsent-row.tsx'

const isFile = ({ upload }: OtherUpload) => upload.file !== null

const heading = computed(() => {
  const waiting = unsafeOthers.value
  if (copying.value.length > 0) return t.files.copying(copying.value.length)
  if (waiting.length === 0) return addedFiles.value.length > 0 ? refusedWords() : doneWords()
  const found = waiting.filter((one) => one.isFound)
  if (found.length > 0) return t.recovery.found(found.length)
  return waiting.every(isFile) ? t.files.sending(waiting.length) : t.safety.saving
})

const refusedWords = () => t.files.refusedHeading(addedFiles.value.length)
const doneWords = () => (others.value.some((one) => one.isFound) ? t.recovery.done : t.safety.saved)

const explanation = computed(() => {
  const waiting = unsafeOthers.value
  if (copying.value.length > 0) return t.files.copyingHint
  if (waiting.length === 0) return null
  if (waiting.every((one) => isStuck(one.state.value))) {
    return waiting.some((one) => one.state.value === 'partial')
      ? t.recovery.partial
      : t.recovery.refused
  }
  const isOnline = waiting.some((one) => one.connection.value.online)
  if (isOnline && waiting.every(isFile)) return t.files.sendingHint
  return (isOnline ? t.recovery.sending : t.recovery.away)(waiting.length)
})

const tone = computed(() => {
  if (unsafeOthers.value.length > 0 || copying.value.length > 0) return 'is-waiting'
  return addedFiles.value.length > 0 ? 'is-refused' : 'is-done'
})

const ICONS = { 'is-waiting': 'up', 'is-refused': 'alert', 'is-done': 'check' } as const

export function ResumeBanner() {
  if (others.value.length + addedFiles.value.length === 0) return null
  const isDone = tone.value === 'is-done'
  return (
    <section class={`banner ${tone.value}`} aria-labelledby="banner-heading">
      <div class="banner-head">
        <Icon name={ICONS[tone.value]} size={24} />
        <div role="status">
          <h2 id="banner-heading">{heading}</h2>
          {explanation.value && <p>{explanation}</p>}
        </div>
        {isDone && (
          <button
            type="button"
            class="button quiet icon"
            aria-label={t.app.dismiss}
            title={t.app.dismiss}
            onClick={dismissSafe}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      <ul class="unsent">
        {addedFiles.value.map((one) => (
          <AddedRow key={one.id} one={one} />
        ))}
        {others.value.map((one) => (
          <UnsentRow key={one.upload.id} one={one} />
        ))}
      </ul>
    </section>
  )
}
