// Keeps what the list shows in the page's address: a reload shows the same, and it can be sent to somebody.
import { effect } from '@preact/signals'
import { readListQuery, writeListQuery } from '../library/list-query.ts'
import { listQuery } from './library.ts'

/** Other pages have addresses of their own. */
const isAtList = () => location.pathname === '/'

export function keepListAddress(): void {
  if (isAtList()) listQuery.value = readListQuery(location.search)
  effect(() => {
    const search = writeListQuery(listQuery.value, location.search)
    if (isAtList() && search !== location.search) {
      history.replaceState(history.state, '', `/${search}${location.hash}`)
    }
  })
}
