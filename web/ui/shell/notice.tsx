// A message that stays where it belongs until it is solved, with at most one thing to do about it.
import type { ComponentChildren } from 'preact'

type NoticeProps = {
  tone?: 'plain' | 'care' | 'bad'
  /** `alert` only for a risk of loss. */
  role?: 'status' | 'alert'
  children: ComponentChildren
  action?: { label: string; run: () => void } | undefined
}

export function Notice({ tone = 'plain', role = 'status', children, action }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={role}>
      <p>{children}</p>
      {action && (
        <button type="button" class="button" onClick={action.run}>
          {action.label}
        </button>
      )}
    </div>
  )
}
