// Which recordings the list shows, in the server's order, as far as it was asked. Between two answers it is kept current
// by what is told of single recordings. Pure.
import { hasSamePlace, isInFront, isMatch, type ListQuery } from './list-query.ts'
import type { RecordingInfo } from './recordings-client.ts'

export type Listing = {
  readonly ids: readonly string[]
  /** Cursor of what comes behind them; null at the end. */
  readonly next: string | null
}

export const NO_LISTING: Listing = { ids: [], next: null }

/** The first page, read again: what it passes over is gone; what was loaded behind it stays. */
export function withFirstPage({ ids, next }: Listing, page: Listing): Listing {
  const last = page.ids.at(-1)
  const behind = last === undefined || page.next === null ? -1 : ids.indexOf(last)
  const named = new Set(page.ids)
  const rest = behind < 0 ? [] : ids.slice(behind + 1).filter((id) => !named.has(id))
  return rest.length === 0 ? page : { ids: [...page.ids, ...rest], next }
}

export function withNextPage({ ids }: Listing, page: Listing): Listing {
  const named = new Set(page.ids)
  return { ids: [...ids.filter((id) => !named.has(id)), ...page.ids], next: page.next }
}

export function without({ ids, next }: Listing, id: string): Listing {
  return ids.includes(id) ? { ids: ids.filter((one) => one !== id), next } : { ids, next }
}

type Changed = {
  info: RecordingInfo
  /** As it was known until now. */
  before: RecordingInfo | undefined
  query: ListQuery
  known: (id: string) => RecordingInfo | undefined
}

/** Where a recording belongs that was made or changed: here, elsewhere, behind what was loaded, or not in this list. */
export function withChanged(listing: Listing, { info, before, query, known }: Changed): Listing {
  const { id } = info
  if (!isMatch(info, query)) return without(listing, id)
  const isListed = listing.ids.includes(id)
  if (isListed && before && hasSamePlace(before, info, query.order)) return listing
  const { ids, next } = without(listing, id)
  const place = ids.findIndex((other) => {
    const one = known(other)
    return one !== undefined && isInFront(info, one, query.order)
  })
  if (place >= 0) return { ids: ids.toSpliced(place, 0, id), next }
  return next === null ? { ids: [...ids, id], next } : { ids, next }
}
