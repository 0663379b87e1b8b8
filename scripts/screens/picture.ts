// Pictures as files, of few colours, so that they stay small.
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { ChromiumProcess } from '../../test/support/chromium.ts'

export type Page = Awaited<ReturnType<ChromiumProcess['newPage']>>

const execute = promisify(execFile)

/** As much colour as the pictures need and no more: an eighth of the size. */
const palette = (colours: number) =>
  `split[a][b];[a]palettegen=max_colors=${colours}[p];[b][p]paletteuse=dither=none`

type Look = { colours: number; fullPage?: boolean }

export async function takePicture(page: Page, path: string, look: Look): Promise<void> {
  const { colours, fullPage = false } = look
  const raw = `${path}.raw.png`
  await page.screenshot({ path: raw, fullPage })
  await execute('ffmpeg', ['-v', 'error', '-y', '-i', raw, '-vf', palette(colours), path])
  await rm(raw)
}
