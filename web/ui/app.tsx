// The page: bar, banner, recorder, library, and what lies above them. While one recording is looked at the others are
// hidden and go on: what records must not be taken away.
import { useLayoutEffect, useRef } from 'preact/hooks'
import { DropVeil } from './files/file-drop.tsx'
import { Library } from './library/library.tsx'
import { Recorder } from './record/recorder.tsx'
import { ResumeBanner } from './recovery/resume-banner.tsx'
import { HeldDoor, HelpDoor, PageDoor } from './shell/door.tsx'
import { SpeechRegions } from './shell/speech-regions.tsx'
import { TopBar } from './shell/top-bar.tsx'
import { openedId, returnToList } from './store/place.ts'
import { t } from './strings/strings.ts'

function useReturn(isElsewhere: boolean): void {
  const was = useRef(isElsewhere)
  useLayoutEffect(() => {
    if (was.current && !isElsewhere) returnToList()
    was.current = isElsewhere
  }, [isElsewhere])
}

export function App() {
  const isElsewhere = openedId.value !== null
  useReturn(isElsewhere)
  return (
    <div class="app">
      <a class="button skip" href={isElsewhere ? '#recording' : '#library'}>
        {isElsewhere ? t.app.skipTo : t.app.skip}
      </a>
      <TopBar />
      <main class="columns" hidden={isElsewhere}>
        <div class="banners">
          <HeldDoor />
          <ResumeBanner />
        </div>
        <Recorder />
        <Library />
      </main>
      <PageDoor />
      <DropVeil />
      <SpeechRegions />
      <HelpDoor />
    </div>
  )
}
