// Files that are dropped anywhere on the page, or pasted. Dragged text and pictures of the page itself are left alone.
import { effect, signal } from '@preact/signals'
import { Icon } from '../shell/icon.tsx'
import { addFiles, copying } from '../store/added-files.ts'
import { t } from '../strings/strings.ts'

const isDragged = signal(false)

const hasFiles = ({ dataTransfer }: DragEvent): boolean =>
  dataTransfer?.types.includes('Files') ?? false

/** Until its copy is here a file is nowhere but on disk: whoever leaves now has to choose it again. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

function warnWhileCopying(): void {
  effect(() => {
    if (copying.value.length === 0) return undefined
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  })
}

export function listenToFiles(): void {
  warnWhileCopying()
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return
    // Without this the browser would leave the page for the file.
    event.preventDefault()
    isDragged.value = true
  })
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    // From one element of the page to another is no leaving.
    if (relatedTarget === null) isDragged.value = false
  })
  document.addEventListener('drop', (event) => {
    isDragged.value = false
    if (!hasFiles(event)) return
    event.preventDefault()
    addFiles(event.dataTransfer?.files ?? [])
  })
  document.addEventListener('paste', ({ clipboardData }) => {
    if (clipboardData && clipboardData.files.length > 0) addFiles(clipboardData.files)
  })
}

export function DropVeil() {
  if (!isDragged.value) return null
  return (
    <div class="drop-veil">
      <p>
        <Icon name="up" size={30} />
        {t.files.drop}
      </p>
    </div>
  )
}
