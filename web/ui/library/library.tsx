// The right half of the page: what is on the server, newest first. News of the app itself comes here
// too, where it moves nothing that is being used.
import { UnreadableNotice } from '../recovery/unreadable-notice.tsx'
import { UpdateNotice } from '../shell/update-notice.tsx'
import { listState, loadRecordings, nextPage, rows } from '../store/library.ts'
import { t } from '../strings/strings.ts'
import { RecordingRow } from './recording-row.tsx'

function Empty() {
  return (
    <div class="library-empty">
      <p>{t.library.empty}</p>
      <p class="soft">{t.library.emptyHint}</p>
    </div>
  )
}

function ListMessage() {
  if (listState.value === 'closed') return <p class="soft">{t.library.closed}</p>
  if (listState.value === 'unreachable') {
    return (
      <p class="soft" role="status">
        {t.library.unreachable}
      </p>
    )
  }
  if (listState.value === 'loading') return <p class="soft">{t.library.loading}</p>
  return rows.value.length === 0 ? <Empty /> : null
}

export function Library() {
  return (
    <section class="library" id="library" aria-labelledby="library-heading" tabIndex={-1}>
      <UnreadableNotice />
      <UpdateNotice />
      <h2 id="library-heading">{t.library.heading}</h2>
      <ListMessage />
      <ul class="rows">
        {rows.value.map((info) => (
          <RecordingRow key={info.id} info={info} />
        ))}
      </ul>
      {nextPage.value && (
        <button
          type="button"
          class="button quiet"
          onClick={() => void loadRecordings(nextPage.value)}
        >
          {t.library.more}
        </button>
      )}
    </section>
  )
}
