// The recording as an MP4: a download where it is there, and until then how far its making is. A link alone would
// save the server's "not yet" as a file.
import type { JobStatus } from '@holdfast/protocol'
import { useState } from 'preact/hooks'
import { formatBytes } from '../format/bytes.ts'
import { Icon } from '../shell/icon.tsx'
import { refreshRecording } from '../store/library.ts'
import { t } from '../strings/strings.ts'
import {
  cancelExport,
  downloadUrl,
  isMp4There,
  type RecordingInfo,
  startExport,
} from './recordings-client.ts'

type Mp4Props = { info: RecordingInfo }

const isBusy = (status: JobStatus | undefined) => status === 'waiting' || status === 'running'

/** A recorder that wrote MP4 needs no other; and while it records there is nothing to make one from. */
function isOffered({ version, status, takes = [] }: RecordingInfo): boolean {
  const isMp4 = takes.every(({ mimeType }) => /^\w+\/mp4/.test(mimeType))
  return version > 0 && status !== 'recording' && takes.length > 0 && !isMp4
}

async function stop({ id }: RecordingInfo): Promise<void> {
  try {
    await cancelExport(id)
  } catch {
    // It goes on, as the progress shows.
  }
  await refreshRecording(id)
}

function Making({
  info,
  progress,
  isWaiting,
}: Mp4Props & { progress: number; isWaiting: boolean }) {
  return (
    <span class="making">
      <progress value={isWaiting ? undefined : progress} max={100} aria-label={t.mp4.making} />
      <span class="soft digits">{isWaiting ? t.mp4.waiting : t.mp4.progress(progress)}</span>
      <button type="button" class="button quiet" onClick={() => void stop(info)}>
        {t.mp4.cancel}
      </button>
    </span>
  )
}

/** As a click on a link does: the page is not left, so nobody is asked whether it may be. */
function save(address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = ''
  link.click()
}

/** Fetches it if it is there, else has it made; what becomes of it comes as events. */
async function ask({ id, mp4Url }: RecordingInfo, isAgain: boolean): Promise<boolean> {
  try {
    if (isAgain) await startExport(id)
    else if (mp4Url && (await isMp4There(mp4Url))) save(downloadUrl(mp4Url))
    return true
  } catch {
    return false
  } finally {
    await refreshRecording(id)
  }
}

export function Mp4Action({ info }: Mp4Props) {
  const [isFailed, setFailed] = useState(false)
  const job = info.jobs?.find((one) => one.job === 'export')
  if (!isOffered(info)) return null
  if (!info.mp4Url) return <span class="making soft">{t.mp4.missing}</span>
  if (job && isBusy(job.status)) {
    return <Making info={info} progress={job.progress} isWaiting={job.status === 'waiting'} />
  }
  if (job?.status === 'done') {
    return (
      <a class="button" href={downloadUrl(info.mp4Url)} download>
        <Icon name="download" />
        {t.mp4.ready(formatBytes(job.bytes ?? 0, t.locale))}
      </a>
    )
  }
  const isAgain = job?.status === 'failed' || job?.status === 'cancelled'
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={() => void ask(info, isAgain).then((isDone) => setFailed(!isDone))}
      >
        <Icon name="download" />
        {t.mp4.ask}
      </button>
      {(isFailed || job?.status === 'failed') && (
        <span class="making soft" role="status">
          {t.mp4.failed}
        </span>
      )}
    </>
  )
}
