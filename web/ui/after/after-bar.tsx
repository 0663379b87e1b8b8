// What can be done with a saved recording: a row of actions, and below it what the chosen one needs. One is open at a time.
import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { isOneFile } from '../library/parts.ts'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { isDeletable, isPlayable } from '../library/status-wording.ts'
import { Icon, type IconName } from '../shell/icon.tsx'
import { deleteWithUndo } from '../store/deletions.ts'
import { afterWords } from '../strings/after-words.ts'
import { t } from '../strings/strings.ts'
import { DownloadPanel } from './download-panel.tsx'
import { LinkPanel } from './link-panel.tsx'
import { RenameField } from './rename-field.tsx'
import { type FindVideo, TrimEditor } from './trim-editor.tsx'
import '../styles/after.css'

export type AfterAction = 'download' | 'link' | 'trim' | 'rename' | 'delete'
type Panel = Exclude<AfterAction, 'delete'>

type AfterProps = {
  info: RecordingInfo
  /** Those that are shown, if the recording has what they need. */
  actions: readonly AfterAction[]
  /** The player beside it. */
  video?: FindVideo
  /** Who has only a link may not stop or repeat what is made. @default true */
  mayWrite?: boolean
  /** Reads the recording again, where this does not come by itself. */
  onChanged?: (() => Promise<unknown>) | undefined
  /** What else can be done, in front of Delete. */
  children?: ComponentChildren
}

const PANELS: Readonly<Record<Panel, { icon: IconName; label: string }>> = {
  download: { icon: 'download', label: afterWords.download.open },
  link: { icon: 'link', label: afterWords.link.open },
  trim: { icon: 'trim', label: afterWords.trim.open },
  rename: { icon: 'pencil', label: afterWords.rename.open },
}

function isPossible(panel: Panel, info: RecordingInfo): boolean {
  if (panel === 'rename') return true
  if (!info.mediaUrl || !isPlayable(info.status)) return false
  if (panel === 'link') return true
  if (!isOneFile(info)) return false
  return panel === 'download' || ((info.durationMs ?? 0) > 0 && info.status !== 'recording')
}

type BodyProps = Pick<AfterProps, 'info' | 'onChanged'> & {
  panel: Panel
  video: FindVideo
  mayWrite: boolean
}

function Body({ panel, info, video, onChanged, mayWrite }: BodyProps) {
  if (panel === 'download') return <DownloadPanel {...{ info, onChanged, mayWrite }} />
  if (panel === 'link') return <LinkPanel info={info} />
  // Another version is another file, with another length.
  if (panel === 'trim')
    return <TrimEditor key={info.version} info={info} video={video} onChanged={onChanged} />
  return <RenameField info={info} onChanged={onChanged} isWanted />
}

const noVideo = () => null

export function AfterBar(props: AfterProps) {
  const { info, actions, video = noVideo, onChanged, mayWrite = true, children } = props
  const [open, setOpen] = useState<Panel | null>(null)
  const id = useId()
  const possible = actions.filter((one) => one !== 'delete').filter((one) => isPossible(one, info))
  const shown = possible.find((one) => one === open)
  return (
    <div class="after">
      <div class="after-actions">
        {possible.map((panel) => (
          <button
            key={panel}
            type="button"
            class="button"
            aria-expanded={panel === shown}
            aria-controls={panel === shown ? id : undefined}
            onClick={() => setOpen(panel === shown ? null : panel)}
          >
            <Icon name={PANELS[panel].icon} />
            {PANELS[panel].label}
          </button>
        ))}
        {children}
        {actions.includes('delete') && isDeletable(info.status) && (
          <button
            type="button"
            class="button danger"
            onClick={() => void deleteWithUndo(info).then(onChanged)}
          >
            <Icon name="trash" />
            {t.library.delete}
          </button>
        )}
      </div>
      {shown && (
        <div class="after-panel" id={id}>
          <Body key={shown} panel={shown} {...{ info, video, onChanged, mayWrite }} />
        </div>
      )}
    </div>
  )
}
