// Whether an element is in view or soon will be.

/** A screen or two: what is scrolled to is there before it is seen. */
const NEAR = '1500px 0px'

/** Tells now and at each change, until `signal` aborts. */
export function watchNear(
  element: Element,
  told: (isNear: boolean, heightPx: number) => void,
  signal: AbortSignal,
): void {
  const observer = new IntersectionObserver(
    (entries) => {
      const last = entries.at(-1)
      // While another page is shown the list has no size at all: it is as near as it was.
      if (last && last.boundingClientRect.width > 0)
        told(last.isIntersecting, last.boundingClientRect.height)
    },
    { rootMargin: NEAR },
  )
  observer.observe(element)
  signal.addEventListener('abort', () => observer.disconnect(), { once: true })
}
