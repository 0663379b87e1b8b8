// Takes the focus when an element appears in the place of the one that had it, so that the keyboard
// goes on from there and not from the top of the page.
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export function useFocusOnMount<T extends HTMLElement>(isWanted = true): RefObject<T | null> {
  const element = useRef<T>(null)
  useEffect(() => {
    if (isWanted) element.current?.focus({ preventScroll: true })
  }, [])
  return element
}
