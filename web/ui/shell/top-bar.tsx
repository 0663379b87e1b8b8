// The bar at the top: the name, the connection, help.
import { t } from '../strings/strings.ts'
import { ConnectionBadge } from './connection-badge.tsx'
import { isHelpOpen } from './help-open.ts'

export function TopBar() {
  return (
    <header class="topbar">
      <span class="brand">
        <img src="/icons/icon.svg" width="32" height="32" alt="" />
        {t.app.name}
      </span>
      <div class="topbar-end">
        <ConnectionBadge />
        <button
          type="button"
          class="button quiet icon"
          aria-label={t.app.help}
          title={t.app.help}
          aria-keyshortcuts="?"
          onClick={() => {
            isHelpOpen.value = true
          }}
        >
          <span aria-hidden="true">?</span>
        </button>
      </div>
    </header>
  )
}
