/** @jsxImportSource react */
// The same in React: the hook gives the state, everything else is yours.
import { useRecorder } from '@holdfast/web/react'
import { createRoot } from 'react-dom/client'

const seconds = (ms: number) => `${Math.floor(ms / 1000)} s`

function Recorder() {
  const { state, progress, recording, start } = useRecorder()
  const begin = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true })
    await start(stream, { server: 'HOLDFAST_URL', title: 'From React' })
  }
  return (
    <>
      <button type="button" onClick={() => void begin()}>
        Record
      </button>
      <button type="button" onClick={() => void recording?.stop()}>
        Stop
      </button>
      <p>
        {state}
        {progress &&
          ` · ${seconds(progress.recordedMs)} recorded · ${seconds(progress.ackedMs)} safe`}
      </p>
    </>
  )
}

const root = document.querySelector('#app')
if (root) createRoot(root).render(<Recorder />)
