// A component that the first load does without: fetched when it is wanted for the first time, then kept.
import { type Signal, signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'

export type Fetched<Props> = {
  readonly component: Signal<ComponentType<Props> | null>
  readonly fetch: () => Promise<ComponentType<Props>>
}

export const fetched = <Props>(fetch: Fetched<Props>['fetch']): Fetched<Props> => ({
  component: signal(null),
  fetch,
})

/** null until it is here. `refuse` is called when it is not to be had now. */
export function useFetched<Props>(
  { component, fetch }: Fetched<Props>,
  isWanted: boolean,
  refuse: () => void,
): ComponentType<Props> | null {
  const isMissing = isWanted && component.value === null
  useEffect(() => {
    if (!isMissing) return
    fetch().then((found) => {
      component.value = found
    }, refuse)
  }, [isMissing])
  return component.value
}
