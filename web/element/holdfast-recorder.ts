// <holdfast-recorder server="https://rec.example.org" source="camera" recording-title="Interview">: records with one line of HTML.
// Importing this file defines the element.
import { drainUnsent } from '../session/earlier-visits.ts'
import { record } from '../session/record.ts'
import type { Auth, Recording, UploadEvents } from '../session/recording.ts'
import { labelsIn, type RecorderLabels } from './recorder-labels.ts'
import { RecorderView } from './recorder-view.ts'

/** The events that the element passes on, as `CustomEvent`s named `holdfast-…`. */
const PASSED_ON = ['state', 'progress', 'transport', 'missing', 'ready', 'error', 'device'] as const
type PassedOn = (typeof PASSED_ON)[number]

export type HoldfastRecorderEvents = {
  [Type in PassedOn as `holdfast-${Type}`]: CustomEvent<UploadEvents[Type]>
}

export class HoldfastRecorder extends HTMLElement {
  static readonly observedAttributes = ['source']
  /** Who may create recordings here: a permit, or who fetches one. */
  auth: Auth | null = null
  #ownLabels: Partial<RecorderLabels> = {}
  #recording: Recording | null = null
  #stream: MediaStream | null = null
  #problem: string | null = null
  #isDraining = false
  readonly #view: RecorderView

  constructor() {
    super()
    this.#view = new RecorderView(this.attachShadow({ mode: 'open' }), {
      record: () => void this.start(),
      pause: () => this.#recording?.pause(),
      resume: () => this.#recording?.resume(),
      stop: () => void this.stop(),
    })
  }

  /** The recording that is being made, or was made last. */
  get recording(): Recording | null {
    return this.#recording
  }

  /** Words of your own, instead of those of the nearest `lang`: English and German are there. */
  set labels(labels: Partial<RecorderLabels>) {
    this.#ownLabels = labels
    this.#show()
  }

  get #labels(): RecorderLabels {
    const language = this.closest('[lang]')?.getAttribute('lang') ?? ''
    return { ...labelsIn(language), ...this.#ownLabels }
  }

  connectedCallback(): void {
    this.#show()
    if (this.#isDraining) return
    this.#isDraining = true
    // What an earlier visit left behind goes without a click.
    void drainUnsent(this.#where()).catch((error: unknown) => console.warn('holdfast', error))
  }

  /** Opens the source and records. A problem is shown; the promise does not reject. */
  async start(): Promise<void> {
    if (this.#stream) return
    this.#problem = null
    try {
      this.#stream = await this.#open()
      this.#view.video.srcObject = this.#stream
      const title = this.getAttribute('recording-title')
      const recording = await record(this.#stream, { ...this.#where(), ...(title && { title }) })
      this.#follow(recording)
    } catch (error) {
      this.#problem = error instanceof DOMException ? this.#labels.refused : String(error)
      this.#release()
    }
    this.#show()
  }

  /** Resolves when everything is on the server, or never will be: `recording.state` says which. */
  async stop(): Promise<void> {
    const stopped = this.#recording?.stop()
    this.#release()
    this.#show()
    await stopped?.catch((error: unknown) => {
      this.#problem = String((error as Error).message)
    })
    this.#show()
  }

  #where() {
    const server = this.getAttribute('server')
    return { ...(server && { server }), ...(this.auth && { auth: this.auth }) }
  }

  #open(): Promise<MediaStream> {
    const { mediaDevices } = navigator
    switch (this.getAttribute('source') ?? 'camera') {
      case 'screen':
        return mediaDevices.getDisplayMedia({ video: true, audio: true })
      case 'microphone':
        return mediaDevices.getUserMedia({ audio: true })
      default:
        return mediaDevices.getUserMedia({ video: true, audio: true })
    }
  }

  #follow(recording: Recording): void {
    this.#recording = recording
    for (const type of PASSED_ON) {
      recording.on(type, (detail) => {
        this.dispatchEvent(new CustomEvent(`holdfast-${type}`, { detail, bubbles: true }))
        if (recording === this.#recording) this.#show()
      })
    }
  }

  #release(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop()
    this.#stream = null
    this.#view.video.srcObject = null
  }

  #show(): void {
    const { state = 'idle', progress = null } = this.#recording ?? {}
    this.#view.show({ state, progress, problem: this.#problem }, this.#labels)
  }
}

customElements.define('holdfast-recorder', HoldfastRecorder)

declare global {
  interface HTMLElementTagNameMap {
    'holdfast-recorder': HoldfastRecorder
  }
  interface HTMLElementEventMap extends HoldfastRecorderEvents {}
}
