// What the element shows: made once, then only changed. Knows no recording.
import type { Progress, UploadState } from '../session/recording.ts'
import type { RecorderLabels } from './recorder-labels.ts'
import { STYLE } from './recorder-style.ts'

export type ViewState = {
  state: UploadState | 'idle'
  progress: Progress | null
  problem: string | null
}

export type ViewActions = {
  record: () => void
  pause: () => void
  resume: () => void
  stop: () => void
}

const IS_LIVE = new Set<ViewState['state']>(['recording', 'paused'])
const IS_OVER = new Set<ViewState['state']>(['safe', 'ready', 'partial', 'failed'])

export class RecorderView {
  readonly video = document.createElement('video')
  readonly #line = document.createElement('p')
  readonly #problem = document.createElement('p')
  readonly #bar = document.createElement('progress')
  readonly #buttons: Record<keyof ViewActions, HTMLButtonElement>

  constructor(root: ShadowRoot, actions: ViewActions) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    root.adoptedStyleSheets = [sheet]
    this.#buttons = {
      record: button('main', actions.record),
      stop: button('main', actions.stop),
      pause: button('', actions.pause),
      resume: button('', actions.resume),
    }
    const controls = box('controls', ...Object.values(this.#buttons))
    Object.assign(this.video, { muted: true, playsInline: true, autoplay: true })
    // The clock runs; only a problem is told by itself.
    this.#problem.className = 'problem'
    this.#problem.setAttribute('role', 'alert')
    root.replaceChildren(box('card', this.video, controls, this.#bar, this.#line, this.#problem))
  }

  show({ state, progress, problem }: ViewState, labels: RecorderLabels): void {
    const { record, pause, resume, stop } = this.#buttons
    record.textContent = IS_OVER.has(state) ? labels.again : labels.record
    pause.textContent = labels.pause
    resume.textContent = labels.resume
    stop.textContent = labels.stop
    record.hidden = !(state === 'idle' || IS_OVER.has(state))
    stop.hidden = !IS_LIVE.has(state)
    pause.hidden = state !== 'recording'
    resume.hidden = state !== 'paused'
    this.video.setAttribute('aria-label', labels.preview)
    this.video.hidden = this.video.srcObject === null
    this.#bar.setAttribute('aria-label', labels.bar)
    this.#bar.hidden = progress === null
    this.#bar.max = Math.max(progress?.recordedMs ?? 1, 1)
    this.#bar.value =
      IS_OVER.has(state) && state !== 'failed' ? this.#bar.max : (progress?.ackedMs ?? 0)
    this.#line.textContent = labels.line(state, progress)
    this.#problem.textContent = problem
  }
}

function button(look: string, run: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = look
  made.addEventListener('click', run)
  return made
}

function box(look: string, ...children: Element[]): HTMLDivElement {
  const made = document.createElement('div')
  made.className = look
  made.append(...children)
  return made
}
