// What the list shows, and in which order: as the address says it, as the server is asked for it, and as it holds for one
// recording that changed meanwhile. Pure.
import type { RecordingStatus } from '@holdfast/protocol'
import type { RecordingInfo } from './recordings-client.ts'

export const ORDERS = ['newest', 'oldest', 'longest', 'largest', 'title'] as const
export type ListOrder = (typeof ORDERS)[number]

export const FILTERS = {
  all: [],
  ready: ['ready'],
  incomplete: ['incomplete'],
  live: ['recording', 'finalizing'],
  failed: ['failed'],
  empty: ['empty'],
} as const satisfies Record<string, readonly RecordingStatus[]>
export type ListFilter = keyof typeof FILTERS

export type ListQuery = {
  /** A part of the title; '' = any. */
  readonly text: string
  readonly filter: ListFilter
  readonly order: ListOrder
}

export const EVERYTHING: ListQuery = { text: '', filter: 'all', order: 'newest' }

/** The server takes no longer words. */
const MAX_CHARS = 500

const isFilter = (name: string | null): name is ListFilter =>
  name !== null && Object.hasOwn(FILTERS, name)

/** Something may be left out of the list. */
export const isNarrow = ({ text, filter }: ListQuery): boolean => text !== '' || filter !== 'all'

export const isSameQuery = (a: ListQuery, b: ListQuery): boolean =>
  a.text === b.text && a.filter === b.filter && a.order === b.order

/** Of an address; what it does not say, or says wrongly, is as it is without. */
export function readListQuery(search: string): ListQuery {
  const asked = new URLSearchParams(search)
  const [filter, order] = [asked.get('show'), asked.get('order')]
  return {
    text: (asked.get('q') ?? '').trim().slice(0, MAX_CHARS),
    filter: isFilter(filter) ? filter : EVERYTHING.filter,
    order: ORDERS.find((one) => one === order) ?? EVERYTHING.order,
  }
}

/** The same address with this query; what else it says stays. */
export function writeListQuery({ text, filter, order }: ListQuery, search: string): string {
  const address = new URLSearchParams(search)
  const set = (name: string, value: string, usual: string) =>
    value === usual ? address.delete(name) : address.set(name, value)
  set('q', text, EVERYTHING.text)
  set('show', filter, EVERYTHING.filter)
  set('order', order, EVERYTHING.order)
  const written = address.toString()
  return written && `?${written}`
}

/** As the server is asked. */
export function parametersOf({ text, filter, order }: ListQuery): Record<string, string> {
  const status = FILTERS[filter].join(',')
  return { ...(text && { q: text }), ...(status && { status }), order }
}

/** Whether the list has this recording. */
export function isMatch(info: RecordingInfo, { text, filter }: ListQuery): boolean {
  const statuses: readonly RecordingStatus[] = FILTERS[filter]
  if (statuses.length > 0 && !statuses.includes(info.status)) return false
  return text === '' || (info.title ?? '').toLowerCase().includes(text.toLowerCase())
}

type Key = (info: RecordingInfo) => string | number
const KEYS: Record<ListOrder, { key: Key; isRising: boolean }> = {
  newest: { key: ({ createdAt }) => createdAt, isRising: false },
  oldest: { key: ({ createdAt }) => createdAt, isRising: true },
  longest: { key: ({ durationMs }) => durationMs ?? 0, isRising: false },
  largest: { key: ({ bytes }) => bytes, isRising: false },
  title: { key: ({ title }) => (title ?? '').toLowerCase(), isRising: true },
}

/** It stays where it is, whatever else became of it. */
export const hasSamePlace = (a: RecordingInfo, b: RecordingInfo, order: ListOrder): boolean =>
  KEYS[order].key(a) === KEYS[order].key(b)

export function isInFront(a: RecordingInfo, b: RecordingInfo, order: ListOrder): boolean {
  const { key, isRising } = KEYS[order]
  const [one, other] = key(a) === key(b) ? [a.id, b.id] : [key(a), key(b)]
  return isRising ? one < other : one > other
}
