// A recording of which the server tells nothing now: what lies on this device, why there is no more, and how to keep it.
import { readUnsent } from '../../index.ts'
import { formatClock, isoDuration } from '../format/duration.ts'
import { formatMoment } from '../format/moment.ts'
import { saveFiles } from '../recovery/saved-file.ts'
import { Icon } from '../shell/icon.tsx'
import { Notice } from '../shell/notice.tsx'
import { toast } from '../store/speech.ts'
import { pageWords } from '../strings/page-words.ts'
import { t } from '../strings/strings.ts'
import { ChunkMap } from './chunk-map.tsx'
import { DevicePart } from './device-part.tsx'
import type { Device } from './on-device.ts'
import type { Standing } from './page-state.ts'
import { deviceVerdict } from './verdict.ts'
import { VerdictBanner } from './verdict-banner.tsx'

const words = pageWords.device

/** Why nothing is shown but this. */
const WHY: Record<Standing, string> = {
  loading: words.away,
  there: words.away,
  away: words.away,
  unknown: words.unknown,
  deleted: words.deleted,
  closed: words.closed,
  expired: words.closed,
}

export const deviceTitle = ({ title }: Device): string => title || t.library.untitled

function Facts({ device }: { device: Device }) {
  const { createdAt, recordedMs } = device
  return (
    <p class="page-facts">
      <span class="facts digits">
        <time dateTime={createdAt}>{formatMoment(new Date(createdAt), new Date(), t.locale)}</time>
        {recordedMs > 0 && (
          <time dateTime={isoDuration(recordedMs)}>{formatClock(recordedMs)}</time>
        )}
        <span>{words.place}</span>
      </span>
    </p>
  )
}

/** Whoever makes or sends it, a copy can be kept. */
function KeepCopy({ device }: { device: Device }) {
  const title = deviceTitle(device)
  const keep = async () => {
    const files = await readUnsent(device.id)
    saveFiles(files, title)
    if (files.length === 0) toast(t.recovery.nothingHere)
  }
  return (
    <div class="actions">
      <button type="button" class="button" onClick={() => void keep()}>
        <Icon name="download" size={18} />
        {t.recovery.keepCopy}
      </button>
    </div>
  )
}

export function DeviceView({ device, standing }: { device: Device; standing: Standing }) {
  const { other, bytes } = device
  return (
    <>
      <header class="page-head">
        <h1 tabIndex={-1} dir="auto">
          {deviceTitle(device)}
        </h1>
        <Facts device={device} />
      </header>
      <Notice tone="care">{WHY[standing]}</Notice>
      <VerdictBanner verdict={deviceVerdict(device, standing === 'away')} />
      <div class="page-columns">
        <div class="page-main">
          {other ? <DevicePart one={other} /> : bytes > 0 && <KeepCopy device={device} />}
        </div>
        <ChunkMap takes={[]} own={device.chunks} />
      </div>
    </>
  )
}
