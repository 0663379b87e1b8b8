// A modal dialog on the browser's own element: it traps focus, closes on Esc and gives focus back.
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { t } from '../strings/strings.ts'
import { Icon } from './icon.tsx'

type DialogProps = {
  heading: string
  size?: 'small' | 'wide'
  onClose: () => void
  children: ComponentChildren
}

export function Dialog({ heading, size = 'wide', onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const headingId = useId()
  useEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={element}
      class={`dialog ${size}`}
      aria-labelledby={headingId}
      onClose={onClose}
      closedby="any"
    >
      <div class="dialog-head">
        <h2 id={headingId} dir="auto">
          {heading}
        </h2>
        <button
          type="button"
          class="button quiet icon"
          aria-label={t.app.close}
          title={t.app.close}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  )
}
