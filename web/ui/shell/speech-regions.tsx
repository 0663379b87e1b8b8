// Where screen readers hear changes of state, and where outcomes are shown for a moment.
import { said, toasts } from '../store/speech.ts'

export function SpeechRegions() {
  return (
    <>
      <p class="unseen" role="status">
        {said}
      </p>
      <div class="toasts" role="status">
        {toasts.value.map(({ key, text }) => (
          <p class="toast" key={key}>
            {text}
          </p>
        ))}
      </div>
    </>
  )
}
