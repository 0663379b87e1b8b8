// A canvas that is drawn to the size of its place and in the colours of the moment, and again when either changes.
import { useLayoutEffect, useRef } from 'preact/hooks'

/** @param inputs what else `draw` depends on */
export function useDrawing(draw: (canvas: HTMLCanvasElement) => void, inputs: readonly unknown[]) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useLayoutEffect(() => {
    const element = canvas.current
    if (!element) return undefined
    const again = () => draw(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', again)
    // Also the first time.
    const size = new ResizeObserver(again)
    size.observe(element)
    return () => {
      scheme.removeEventListener('change', again)
      size.disconnect()
    }
  }, inputs)
  return canvas
}
