// Which files there are to keep, each with its size beside it.
import { formatBytes } from '../format/bytes.ts'
import { downloadUrl, type RecordingInfo } from '../library/recordings-client.ts'
import { Icon } from '../shell/icon.tsx'
import { afterWords } from '../strings/after-words.ts'
import { t } from '../strings/strings.ts'
import { recordedBytes, recordedKind } from './files.ts'
import { Mp4Download } from './mp4-download.tsx'

type DownloadProps = {
  info: RecordingInfo
  onChanged?: (() => Promise<unknown>) | undefined
  mayWrite: boolean
}

export function DownloadPanel({ info, onChanged, mayWrite }: DownloadProps) {
  if (!info.mediaUrl) return null
  const size = formatBytes(recordedBytes(info), t.locale)
  return (
    <ul class="files" aria-label={afterWords.download.heading}>
      <li>
        <a class="button main" href={downloadUrl(info.mediaUrl)} download>
          <Icon name="download" />
          {afterWords.download.file(recordedKind(info), size)}
        </a>
        <span class="soft">{afterWords.download.asRecorded}</span>
      </li>
      <li>
        <Mp4Download {...{ info, onChanged, mayWrite }} />
      </li>
    </ul>
  )
}
