// Several files as one medium, for the same controls that a single video has: an element with the properties and events of
// a media element over all <video data-offset-ms> inside it.
import { GroupPlayback, type Standing } from './group-playback.ts'
import { bufferedOf, rangesFrom } from './group-ranges.ts'

/** What its videos tell that changes how far, how loud or how ready the whole is. */
const LENGTH = ['loadedmetadata', 'durationchange'] as const
const LOADED = ['progress', 'suspend', 'canplaythrough', ...LENGTH] as const
const LOADING = ['waiting', 'playing', 'canplay'] as const

const STILL: Standing = { atMs: 0, lengthMs: 0, isPlaying: false }

export class GroupMedia extends HTMLElement {
  #playback = new GroupPlayback([], () => undefined)
  #before = STILL
  #isSeeking = false
  #leaving = new AbortController()

  connectedCallback(): void {
    const members = this.#videos.map((video) => {
      return { video, offsetMs: Number(video.dataset.offsetMs) || 0 }
    })
    this.#playback = new GroupPlayback(members, (standing) => this.#tell(standing))
    this.#leaving = new AbortController()
    for (const { video } of members) this.#listenTo(video)
  }

  disconnectedCallback(): void {
    this.#leaving.abort()
    this.#playback.pause()
  }

  play(): Promise<void> {
    this.#playback.play()
    return Promise.resolve()
  }

  pause(): void {
    this.#playback.pause()
  }

  get paused(): boolean {
    return !this.#playback.standing.isPlaying
  }

  get ended(): boolean {
    const { atMs, lengthMs } = this.#playback.standing
    return lengthMs > 0 && atMs >= lengthMs
  }

  get seeking(): boolean {
    return this.#isSeeking
  }

  get currentTime(): number {
    return this.#playback.standing.atMs / 1000
  }

  set currentTime(seconds: number) {
    this.#isSeeking = true
    this.#say('seeking')
    this.#playback.seek(seconds * 1000)
    this.#endSeeking()
  }

  /** NaN until one of them knows its length. */
  get duration(): number {
    return this.#playback.standing.lengthMs / 1000 || Number.NaN
  }

  get readyState(): number {
    return this.#playback.readyState
  }

  get buffered(): TimeRanges {
    return bufferedOf(this.#playback.members, this.duration || 0)
  }

  get seekable(): TimeRanges {
    return rangesFrom([[0, this.duration || 0]])
  }

  get error(): MediaError | null {
    return this.#videos.find(({ error }) => error)?.error ?? null
  }

  get playbackRate(): number {
    return this.#playback.rate
  }

  set playbackRate(rate: number) {
    this.#playback.rate = rate
    this.#say('ratechange')
  }

  get volume(): number {
    return this.#videos[0]?.volume ?? 1
  }

  set volume(volume: number) {
    for (const video of this.#videos) video.volume = volume
  }

  get muted(): boolean {
    return this.#videos.every(({ muted }) => muted)
  }

  set muted(muted: boolean) {
    for (const video of this.#videos) video.muted = muted
  }

  get #videos(): HTMLVideoElement[] {
    return [...this.querySelectorAll('video')]
  }

  #listenTo(video: HTMLVideoElement): void {
    const options = { signal: this.#leaving.signal }
    for (const type of LENGTH) video.addEventListener(type, () => this.#say(type), options)
    for (const type of LOADING) video.addEventListener(type, () => this.#sayLoading(), options)
    for (const type of LOADED) video.addEventListener(type, () => this.#say('progress'), options)
    for (const type of ['volumechange', 'error']) {
      video.addEventListener(type, () => this.#say(type), options)
    }
    video.addEventListener('seeked', () => this.#endSeeking(), options)
  }

  #sayLoading(): void {
    if (!this.paused)
      this.#say(this.readyState < HTMLMediaElement.HAVE_FUTURE_DATA ? 'waiting' : 'playing')
  }

  #endSeeking(): void {
    if (!this.#isSeeking || this.#videos.some(({ seeking }) => seeking)) return
    this.#isSeeking = false
    this.#say('seeked')
  }

  #tell(now: Standing): void {
    const before = this.#before
    this.#before = now
    if (now.isPlaying && !before.isPlaying) {
      this.#say('play')
      this.#sayLoading()
    }
    if (now.atMs !== before.atMs) this.#say('timeupdate')
    if (before.isPlaying && !now.isPlaying) {
      this.#say('pause')
      if (this.ended) this.#say('ended')
    }
  }

  #say(type: string): void {
    this.dispatchEvent(new Event(type))
  }
}

customElements.define('group-media', GroupMedia)
