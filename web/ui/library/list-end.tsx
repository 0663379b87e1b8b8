// The end of what was loaded: more comes when it is nearly seen, or at a press of the button for who does not scroll.
import { useEffect, useRef } from 'preact/hooks'
import { Notice } from '../shell/notice.tsx'
import { listing, loadMore, moreState } from '../store/library.ts'
import { t } from '../strings/strings.ts'
import { watchNear } from './near-view.ts'

export function ListEnd() {
  const end = useRef<HTMLDivElement>(null)
  const { next } = listing.value
  const state = moreState.value
  useEffect(() => {
    if (!end.current || next === null || state === 'failed') return
    const leaving = new AbortController()
    watchNear(end.current, (isNear) => isNear && void loadMore(), leaving.signal)
    return () => leaving.abort()
  }, [next, state])
  if (next === null) return null
  return (
    <div class="list-end" ref={end}>
      {state === 'failed' ? (
        <Notice tone="care" action={{ label: t.app.tryAgain, run: () => void loadMore() }}>
          {t.library.moreFailed}
        </Notice>
      ) : (
        <button type="button" class="button quiet" onClick={() => void loadMore()}>
          {state === 'loading' ? t.library.loadingMore : t.library.more}
        </button>
      )}
    </div>
  )
}
