// Plays several files as one: one clock for all, each file at its own distance from it. Knows the elements, not the page.

/** A file, and how long after the first one it begins. */
export type Member = { readonly video: HTMLVideoElement; readonly offsetMs: number }

export type Standing = {
  readonly atMs: number
  readonly lengthMs: number
  readonly isPlaying: boolean
}

const TICK_MS = 100
/** Files closer together than this are left alone: every correction is heard. */
const MAX_DRIFT_S = 0.12

export class GroupPlayback {
  readonly members: readonly Member[]
  readonly #onChange: (standing: Standing) => void
  #atMs = 0
  #rate = 1
  #isPlaying = false
  #timer: ReturnType<typeof setInterval> | undefined
  #tickedAt = 0

  constructor(members: readonly Member[], onChange: (standing: Standing) => void) {
    this.members = members
    this.#onChange = onChange
  }

  get standing(): Standing {
    const ends = this.members.map(({ video, offsetMs }) => offsetMs + lengthMs(video))
    const { isPlaying, atMs } = { isPlaying: this.#isPlaying, atMs: this.#atMs }
    return { atMs, lengthMs: Math.max(0, ...ends), isPlaying }
  }

  get rate(): number {
    return this.#rate
  }

  set rate(rate: number) {
    this.#rate = rate
    for (const { video } of this.members) video.playbackRate = rate
  }

  /** Of the file that is least ready among those that have something to show now, as a media element numbers it. */
  get readyState(): number {
    const running = this.members.filter((member) => this.#placeIn(member) !== null)
    return Math.min(
      HTMLMediaElement.HAVE_ENOUGH_DATA,
      ...running.map(({ video }) => video.readyState),
    )
  }

  play(): void {
    if (this.#atMs >= this.standing.lengthMs) this.#atMs = 0
    this.#isPlaying = true
    this.#tickedAt = performance.now()
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS)
    this.#align()
  }

  pause(): void {
    this.#isPlaying = false
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#align()
  }

  seek(atMs: number): void {
    this.#atMs = atMs
    this.#align()
  }

  #tick(): void {
    const now = performance.now()
    const passedMs = (now - this.#tickedAt) * this.#rate
    this.#tickedAt = now
    this.#atMs = this.#ledMs() ?? this.#atMs + (this.#isWaiting() ? 0 : passedMs)
    if (this.#atMs >= this.standing.lengthMs) {
      this.#atMs = this.standing.lengthMs
      this.pause()
    } else this.#align()
  }

  /** The first file that runs is the clock: its sound is what a person hears the others by. */
  #ledMs(): number | null {
    for (const { video, offsetMs } of this.members) {
      const runs = !video.paused && !video.ended && !video.seeking && video.readyState >= 3
      if (runs) return video.currentTime * 1000 + offsetMs
    }
    return null
  }

  /** A file that should run and has nothing to show holds the clock. */
  #isWaiting(): boolean {
    return this.members.some((member) => this.#placeIn(member) !== null)
  }

  /** Seconds into the file; null where it has not begun or has ended. */
  #placeIn({ video, offsetMs }: Member): number | null {
    const place = (this.#atMs - offsetMs) / 1000
    return place >= 0 && place < lengthMs(video) / 1000 ? place : null
  }

  #align(): void {
    for (const member of this.members) this.#alignOne(member)
    this.#onChange(this.standing)
  }

  #alignOne(member: Member): void {
    const { video, offsetMs } = member
    const place = this.#placeIn(member)
    if (place === null) {
      video.pause()
      // Before it begins its first picture is shown, behind its end its last.
      if (this.#atMs < offsetMs && video.currentTime !== 0) video.currentTime = 0
      return
    }
    const drift = Math.abs(video.currentTime - place)
    const isRunning = this.#isPlaying && !video.paused
    if (!video.seeking && drift > (isRunning ? MAX_DRIFT_S : 0.02)) video.currentTime = place
    // Refused or overtaken by a pause: the next tick tries again.
    if (this.#isPlaying && video.paused) video.play().catch(() => undefined)
    if (!this.#isPlaying) video.pause()
  }
}

const lengthMs = ({ duration }: HTMLVideoElement): number =>
  Number.isFinite(duration) ? duration * 1000 : 0
