// Why a source could not be opened, and the way out of it. Tries again by itself when the permission
// is changed in the browser.
import { useEffect } from 'preact/hooks'
import { useFocusOnMount } from '../shell/focus-on-mount.ts'
import { Icon } from '../shell/icon.tsx'
import { clearStage } from '../store/recording.ts'
import { asked, chooseSource, problem } from '../store/source.ts'
import { t } from '../strings/strings.ts'
import type { MediaProblem } from './media-problem.ts'
import { problemWords } from './problem-words.ts'

function useRetryWhenAllowed({ kind, device }: MediaProblem): void {
  useEffect(() => {
    if (kind !== 'blocked' || device === 'screen') return
    const gone = new AbortController()
    const watch = async () => {
      const status = await navigator.permissions.query({ name: device })
      const retry = () => status.state === 'granted' && void chooseSource(asked.value)
      status.addEventListener('change', retry, { signal: gone.signal })
    }
    // Not every browser can be asked about a camera: then the button remains.
    watch().catch((error: unknown) => console.info('Permission cannot be watched', error))
    return () => gone.abort()
  }, [kind, device])
}

function Explanation({ found }: { found: MediaProblem }) {
  useRetryWhenAllowed(found)
  const wayOut = useFocusOnMount<HTMLButtonElement>()
  const { title, hint, canRetry } = problemWords(found, navigator.userAgent)
  return (
    <div class="panel" role="alert">
      <span class="panel-icon care">
        <Icon name="alert" size={30} />
      </span>
      <h1>{title}</h1>
      <p>{hint}</p>
      <div class="actions">
        {canRetry && (
          <button type="button" class="button main" onClick={() => void chooseSource(asked.value)}>
            {t.app.tryAgain}
          </button>
        )}
        <button ref={wayOut} type="button" class="button" onClick={clearStage}>
          {t.problem.chooseAnother}
        </button>
      </div>
    </div>
  )
}

export function ProblemPanel() {
  return problem.value && <Explanation found={problem.value} />
}
