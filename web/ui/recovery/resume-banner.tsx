// What was found unsent on this device, and what is still being sent of earlier recordings. It is sent
// by itself; the banner says so, and says when it is done.
import { computed } from '@preact/signals'
import { Icon } from '../shell/icon.tsx'
import { isStuck } from '../store/upload-view.ts'
import { dismissSafe, others, unsafeOthers } from '../store/uploads.ts'
import { t } from '../strings/strings.ts'
import { UnsentRow } from './unsent-row.tsx'

const heading = computed(() => {
  const waiting = unsafeOthers.value
  if (waiting.length === 0) return t.recovery.done
  const found = waiting.filter((one) => one.isFound)
  return found.length > 0 ? t.recovery.found(found.length) : t.safety.saving
})

const explanation = computed(() => {
  const waiting = unsafeOthers.value
  if (waiting.every((one) => isStuck(one.state.value))) {
    return waiting.some((one) => one.state.value === 'partial')
      ? t.recovery.partial
      : t.recovery.refused
  }
  const isOnline = waiting.some((one) => one.connection.value.online)
  return (isOnline ? t.recovery.sending : t.recovery.away)(waiting.length)
})

export function ResumeBanner() {
  if (others.value.length === 0) return null
  const isDone = unsafeOthers.value.length === 0
  return (
    <section class={`banner ${isDone ? 'is-done' : ''}`} aria-labelledby="banner-heading">
      <div class="banner-head">
        <Icon name={isDone ? 'check' : 'up'} size={24} />
        <div role="status">
          <h2 id="banner-heading">{heading}</h2>
          {!isDone && <p>{explanation}</p>}
        </div>
        {isDone && (
          <button
            type="button"
            class="button quiet icon"
            aria-label={t.app.dismiss}
            onClick={dismissSafe}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      <ul class="unsent">
        {others.value.map((one) => (
          <UnsentRow key={one.upload.id} one={one} />
        ))}
      </ul>
    </section>
  )
}
