// Files out of this browser's storage into the person's downloads: under which name, and how.
import { t } from '../strings/strings.ts'

/** Several files of one recording are its parts. */
export function fileName(title: string, { type }: Blob, at: number, count: number): string {
  const name = count > 1 ? t.player.partTitle(title, at + 1) : title
  return `${name}.${endingOf(type)}`
}

function endingOf(type: string): string {
  if (type.includes('matroska')) return 'mkv'
  if (type.includes('quicktime')) return 'mov'
  if (type.startsWith('audio/mp4')) return 'm4a'
  return type.includes('mp4') ? 'mp4' : 'webm'
}

/** A browser that is still reading an address must not lose it. */
const KEPT_MS = 60_000

/** Saves each of them, as a click on a download link does. */
export function saveFiles(files: readonly Blob[], title: string): void {
  for (const [at, file] of files.entries()) {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(file)
    link.download = fileName(title, file, at, files.length)
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS)
  }
}
