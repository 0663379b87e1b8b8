// The right half of the page: what is on the server. News of the app itself comes here too, where it moves nothing that
// is being used.
import { UnreadableNotice } from '../recovery/unreadable-notice.tsx'
import { Notice } from '../shell/notice.tsx'
import { UpdateNotice } from '../shell/update-notice.tsx'
import { ask, isAsking, listed, listQuery, listState, loadRecordings } from '../store/library.ts'
import { t } from '../strings/strings.ts'
import { ComingRows } from './coming-rows.tsx'
import { ListEnd } from './list-end.tsx'
import { EVERYTHING, isNarrow } from './list-query.ts'
import { ListRows } from './list-rows.tsx'
import { focusSearch } from './list-search.tsx'
import { ListTools } from './list-tools.tsx'

function Empty() {
  return (
    <div class="library-empty">
      <p>{t.library.empty}</p>
      <p class="soft">{t.library.emptyHint}</p>
    </div>
  )
}

function whyNothing(): string {
  const { text, filter } = listQuery.value
  const among = t.library.filters[filter]
  if (filter === 'all') return t.library.nothingFor(text)
  return text === '' ? t.library.nothingIs(among) : t.library.nothingAmong(text, among)
}

/** What is shown and was asked for stays where it is: of that there is less to say. */
function Unreachable() {
  if (listed.value.length > 0 && !isAsking.value) {
    return (
      <p class="soft" role="status">
        {t.library.stale}
      </p>
    )
  }
  return (
    <Notice tone="care" action={{ label: t.app.tryAgain, run: () => void loadRecordings() }}>
      {t.library.unreachable}
    </Notice>
  )
}

/** The order that was chosen is no reason for it, and stays. */
function NothingMatches() {
  const showAll = () => {
    void ask({ ...EVERYTHING, order: listQuery.value.order })
    focusSearch()
  }
  return (
    <div class="library-empty">
      <p>{t.library.nothing}</p>
      <p class="soft">{whyNothing()}</p>
      <button type="button" class="button" onClick={showAll}>
        {t.library.showAll}
      </button>
    </div>
  )
}

function Rows() {
  if (listed.value.length > 0) return <ListRows isStale={isAsking.value} />
  if (listState.value === 'unreachable') return null
  if (listState.value === 'loading' || isAsking.value) return <ComingRows />
  return isNarrow(listQuery.value) ? <NothingMatches /> : <Empty />
}

function List() {
  // Where nothing was ever recorded there is nothing to look for.
  const isBare = listed.value.length === 0 && !isNarrow(listQuery.value)
  const hasTools = !isBare || isAsking.value || listState.value === 'loading'
  return (
    <>
      {hasTools && <ListTools />}
      {listState.value === 'unreachable' && <Unreachable />}
      <Rows />
      <ListEnd />
    </>
  )
}

export function Library() {
  return (
    <section class="library" id="library" aria-labelledby="library-heading" tabIndex={-1}>
      <UnreadableNotice />
      <UpdateNotice />
      <h2 id="library-heading">{t.library.heading}</h2>
      {listState.value === 'closed' ? <p class="soft">{t.library.closed}</p> : <List />}
    </section>
  )
}
