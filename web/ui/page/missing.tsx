// Why there is nothing to see, and what can be done about it.
import { undoDelete } from '../store/deletions.ts'
import { deleted } from '../store/undo-offers.ts'
import { pageWords } from '../strings/page-words.ts'
import { t } from '../strings/strings.ts'
import type { PageState, Standing } from './page-state.ts'
import { Sign } from './sign.tsx'

const words = pageWords.missing

const SAID: Record<
  Exclude<Standing, 'loading' | 'there'>,
  readonly [says: string, hint: string]
> = {
  unknown: [words.unknown, words.unknownHint],
  deleted: [words.deleted, words.deletedHint],
  closed: [words.closed, words.closedHint],
  expired: [words.expired, words.expiredHint],
  away: [words.away, words.awayHint],
}

type MissingProps = { state: PageState; standing: Standing }

/** It was deleted a moment ago, and here. */
export function canUndo({ info, standing }: PageState): boolean {
  return standing.value === 'deleted' && info.value !== null && deleted.value.has(info.value.id)
}

export function Missing({ state, standing }: MissingProps) {
  const [says, hint] = SAID[standing === 'loading' || standing === 'there' ? 'unknown' : standing]
  const info = state.info.value
  return (
    <div class="page-missing" role="status">
      <Sign name={standing === 'away' ? 'plain' : 'care'} size={40} />
      <h1 tabIndex={-1}>{says}</h1>
      <p>{hint}</p>
      {info && canUndo(state) && (
        <button
          type="button"
          class="button main"
          onClick={() => void undoDelete(info).then(state.refresh)}
        >
          {pageWords.actions.undone}
        </button>
      )}
      {standing === 'away' && (
        <button type="button" class="button" onClick={() => void state.refresh()}>
          {t.app.tryAgain}
        </button>
      )}
    </div>
  )
}
