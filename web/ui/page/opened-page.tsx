// The page of a recording inside the app: the recorder and the list are behind it and go on.
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { titleOf } from '../library/recording-row.tsx'
import { closeRecording, pageTitle } from '../store/place.ts'
import { pageWords } from '../strings/page-words.ts'
import { deviceTitle } from './device-view.tsx'
import { type Device, useDevice } from './on-device.ts'
import { useOwn } from './own-upload.ts'
import { type PageState, watchRecording } from './page-state.ts'
import { RecordingBar } from './recording-bar.tsx'
import { RecordingView } from './recording-view.tsx'
import { Sign } from './sign.tsx'

function useRecording(id: string) {
  const leaving = useMemo(() => new AbortController(), [])
  const state = useMemo(() => watchRecording({ id, access: null }, leaving.signal), [])
  useEffect(() => () => leaving.abort(), [])
  return state
}

/** The page begins at its top, and the keyboard with it. */
function useArrival() {
  const page = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    scrollTo({ top: 0, behavior: 'instant' })
    page.current?.focus({ preventScroll: true })
  }, [])
  return page
}

/** The server hears of it from this device: as that sends, it is asked again. */
function useNews({ standing, refresh }: PageState, device: Device | null): void {
  useEffect(() => {
    if (standing.peek() === 'unknown') void refresh()
  }, [device?.bytes])
}

export function OpenedPage({ id }: { id: string }) {
  const state = useRecording(id)
  const own = useOwn(id)
  const device = useDevice(id, own.value, state.standing.value !== 'there')
  useNews(state, device)
  const page = useArrival()
  const info = state.info.value
  const title = info ? titleOf(info) : device && deviceTitle(device)
  useEffect(() => {
    pageTitle.value = title
    return () => {
      pageTitle.value = null
    }
  }, [title])
  return (
    <>
      <RecordingBar />
      <main class="recording-page" id="recording" ref={page} tabIndex={-1}>
        <a
          class="button quiet page-back"
          href="/"
          onClick={(event) => {
            event.preventDefault()
            closeRecording()
          }}
        >
          <Sign name="back" />
          {pageWords.back}
        </a>
        <RecordingView state={state} own={own.value} device={device} />
      </main>
    </>
  )
}
