// The recording as an MP4: a link with its size where it is there, and until then how far its making is. A link alone
// would save the server's "not yet" as a file.
import type { JobStatus } from '@holdfast/protocol'
import { useEffect, useState } from 'preact/hooks'
import { formatBytes } from '../format/bytes.ts'
import {
  askForMp4,
  cancelExport,
  downloadUrl,
  type RecordingInfo,
  startExport,
} from '../library/recordings-client.ts'
import { Icon } from '../shell/icon.tsx'
import { afterWords } from '../strings/after-words.ts'
import { t } from '../strings/strings.ts'
import { isMp4AtOnce, isMp4Offered, sizeOf } from './files.ts'

type Mp4Props = {
  info: RecordingInfo
  onChanged?: (() => Promise<unknown>) | undefined
  /** Whether it may be called off, and made again after that. To have it made, asking is enough. */
  mayWrite: boolean
}

const isBusy = (status: JobStatus | undefined) => status === 'waiting' || status === 'running'

/** Of what is there at once; null until the server has said it. */
function useSize(address: string | null): number | null {
  const [bytes, setBytes] = useState<number | null>(null)
  useEffect(() => {
    if (!address) return
    // Without an answer the link is there all the same: its size is only not said.
    void sizeOf(address).then(setBytes, () => undefined)
  }, [address])
  return bytes
}

function Making({
  info,
  onChanged,
  mayWrite,
  job,
}: Mp4Props & { job: { status: JobStatus; progress: number } }) {
  const isWaiting = job.status === 'waiting'
  // Whether it could be called off or goes on, the progress shows it.
  const stop = () => void cancelExport(info.id).then(onChanged, onChanged)
  return (
    <span class="making">
      <progress
        value={isWaiting ? undefined : job.progress}
        max={100}
        aria-label={afterWords.mp4.making}
      />
      <span class="soft digits">
        {isWaiting ? afterWords.mp4.waiting : afterWords.mp4.progress(job.progress)}
      </span>
      {mayWrite && (
        <button type="button" class="button quiet" onClick={stop}>
          {afterWords.mp4.cancel}
        </button>
      )}
    </span>
  )
}

function Ready({ address, bytes }: { address: string; bytes: number | null }) {
  return (
    <>
      <a class="button" href={downloadUrl(address)} download>
        <Icon name="download" />
        {bytes === null ? 'MP4' : afterWords.download.file('MP4', formatBytes(bytes, t.locale))}
      </a>
      <span class="soft">{afterWords.download.asMp4}</span>
    </>
  )
}

function ToBeMade({ info, onChanged, mayWrite, hasFailed }: Mp4Props & { hasFailed: boolean }) {
  const [isRefused, setRefused] = useState(false)
  const make = async () => {
    setRefused(false)
    const asked = mayWrite ? startExport(info.id) : askForMp4(info.mp4Url ?? '')
    await asked.catch(() => setRefused(true))
    await onChanged?.()
  }
  return (
    <>
      <button type="button" class="button" onClick={() => void make()}>
        {afterWords.mp4.ask}
      </button>
      {isRefused || hasFailed ? (
        <span class="said-bad" role="status">
          {afterWords.mp4.failed}
        </span>
      ) : (
        <span class="soft">{afterWords.mp4.askHint}</span>
      )}
    </>
  )
}

export function Mp4Download({ info, onChanged, mayWrite }: Mp4Props) {
  const { mp4Url = null } = info
  const isAtOnce = mp4Url !== null && isMp4AtOnce(info)
  const bytes = useSize(isAtOnce ? mp4Url : null)
  const job = info.jobs?.find((one) => one.job === 'export')
  if (!isMp4Offered(info)) return null
  if (!mp4Url) return <span class="soft">{afterWords.mp4.missing}</span>
  if (isAtOnce) return <Ready address={mp4Url} bytes={bytes} />
  if (job?.status === 'done') return <Ready address={mp4Url} bytes={job.bytes} />
  if (job && isBusy(job.status)) return <Making {...{ info, onChanged, mayWrite, job }} />
  return <ToBeMade {...{ info, onChanged, mayWrite }} hasFailed={job?.status === 'failed'} />
}
