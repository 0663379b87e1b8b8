// One plot over time, drawn by uPlot; the same in words under it.
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { statusWords as words } from '../strings/status-words.ts'
import { t } from '../strings/strings.ts'
import { type PlotPlan, pointsOf, sumOf } from './curves.ts'
import type { Step } from './status-client.ts'

type PlotProps = {
  plan: PlotPlan
  steps: readonly Step[]
  /** From when to when, in seconds since 1970. */
  span: readonly [number, number]
}

const HEIGHT = 150

/** A colour of the page as a canvas takes it, in the scheme that is shown. */
function resolve(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`
  const { color } = getComputedStyle(element)
  element.style.removeProperty('color')
  return color
}

function optionsFor(
  element: HTMLElement,
  { curves }: PlotPlan,
  spanNow: () => readonly [number, number],
): uPlot.Options {
  const soft = resolve(element, '--text-soft')
  const line = resolve(element, '--line')
  const axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { show: false } }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    axes: [
      { ...axis, size: 30, space: 72, values: (_, times) => times.map(clock) },
      { ...axis, size: 44 },
    ],
    scales: {
      x: { range: () => [...spanNow()] },
      y: { range: (_, __, max) => [0, Math.max(max, 1)] },
    },
    series: [
      {},
      ...curves.map(({ colour }) => ({
        stroke: resolve(element, colour),
        width: 2,
        points: { show: false },
        spanGaps: false,
      })),
    ],
  }
}

function clock(seconds: number): string {
  return new Intl.DateTimeFormat(t.locale, { timeStyle: 'short' }).format(seconds * 1000)
}

/** Drawn anew when the window's width or the colour scheme changes; only moved on otherwise. */
function useDrawing({ plan, steps, span }: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const drawn = useRef<uPlot | null>(null)
  const latest = useRef({ steps, span })
  latest.current = { steps, span }
  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    const draw = () => {
      drawn.current?.destroy()
      const options = optionsFor(element, plan, () => latest.current.span)
      drawn.current = new uPlot(options, pointsOf(plan, latest.current.steps), element)
    }
    draw()
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', draw)
    const size = new ResizeObserver(() => {
      drawn.current?.setSize({ width: element.clientWidth, height: HEIGHT })
    })
    size.observe(element)
    return () => {
      scheme.removeEventListener('change', draw)
      size.disconnect()
      drawn.current?.destroy()
      drawn.current = null
    }
  }, [plan])
  useEffect(() => drawn.current?.setData(pointsOf(plan, steps)), [plan, steps])
  return place
}

export function Plot({ plan, steps, span }: PlotProps) {
  const place = useDrawing({ plan, steps, span })
  const number = new Intl.NumberFormat(t.locale, { maximumFractionDigits: 1 })
  return (
    <figure class="plot">
      <h2>{plan.title}</h2>
      <div ref={place} class="plot-canvas" aria-hidden="true" />
      <figcaption>
        {plan.curves.map(({ key, colour }) => (
          <span key={key} class={`curve curve-${colour.slice(2)}`}>
            <b class="digits">{number.format(sumOf(plan, key, steps))}</b> {words.curves[key]}
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
