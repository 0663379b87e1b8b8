// What a person sees of a file: a page with one video element, played and sought in. Every step ends with the player's
// own event.
import type { Page } from 'playwright-core'

/** The page to open first. */
export const PLAYER_PAGE = new TextEncoder().encode('<!doctype html><video muted>')

/** `error` empty = everything went well; times in seconds. */
export type Seen = { error: string; duration: number; playedTo: number; seeks: number[] }

/** Plays a little, then seeks to 10, 50 and 90 %; every step ends with the player's own event. */
export function watch(page: Page, path: string): Promise<Seen> {
  return page.evaluate(async (src) => {
    const video = document.querySelector('video')
    if (!video) throw new Error('no player')
    const event = (name: string, isDone = () => true) =>
      new Promise<void>((resolve, reject) => {
        const failed = () => reject(new Error(video.error?.message ?? 'failed'))
        const check = () => {
          if (!isDone()) return
          video.removeEventListener(name, check)
          video.removeEventListener('error', failed)
          resolve()
        }
        video.addEventListener(name, check)
        video.addEventListener('error', failed)
      })
    const seen = { error: '', duration: 0, playedTo: 0, seeks: [] as number[] }
    try {
      const ready = event('canplay')
      video.src = src
      await ready
      seen.duration = video.duration
      const played = event('timeupdate', () => video.currentTime > 0.1)
      await Promise.all([video.play(), played])
      video.pause()
      seen.playedTo = video.currentTime
      for (const part of [0.1, 0.5, 0.9]) {
        const sought = event('seeked', () => video.readyState >= 2)
        video.currentTime = part * video.duration
        await sought
        seen.seeks.push(video.currentTime)
      }
    } catch (error) {
      seen.error = String(error)
    }
    return seen
  }, path)
}
