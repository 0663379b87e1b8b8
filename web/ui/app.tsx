// The page: bar, banner, recorder, library, and what lies above them.
import { DropVeil } from './files/file-drop.tsx'
import { Library } from './library/library.tsx'
import { Recorder } from './record/recorder.tsx'
import { ResumeBanner } from './recovery/resume-banner.tsx'
import { Door } from './shell/door.tsx'
import { SpeechRegions } from './shell/speech-regions.tsx'
import { TopBar } from './shell/top-bar.tsx'
import { t } from './strings/strings.ts'

export function App() {
  return (
    <div class="app">
      <a class="button skip" href="#library">
        {t.app.skip}
      </a>
      <TopBar />
      <main class="columns">
        <ResumeBanner />
        <Recorder />
        <Library />
      </main>
      <DropVeil />
      <SpeechRegions />
      <Door />
    </div>
  )
}
