// Pictures as files: few colours, so that they stay small, and how much two of them differ.
import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
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

const asUrl = async (path: string) => `data:image/png;base64,${await readFile(path, 'base64')}`

/** The share of the pixels that differ by more than a shade, or are in one of the two only. */
export async function difference(page: Page, one: string, other: string): Promise<number> {
  const urls = [await asUrl(one), await asUrl(other)]
  return await page.evaluate(async (addresses) => {
    /** Of 255, in any channel. */
    const SHADE = 40
    const [a, b] = await Promise.all(
      addresses.map(async (address) => {
        const image = new Image()
        image.src = address
        await image.decode()
        const { naturalWidth: width, naturalHeight: height } = image
        const context = new OffscreenCanvas(width, height).getContext('2d')
        context?.drawImage(image, 0, 0)
        return context?.getImageData(0, 0, width, height)
      }),
    )
    if (!a || !b || a.width !== b.width) return 1
    const [least, most] = [Math.min(a.height, b.height), Math.max(a.height, b.height)]
    let differing = (most - least) * a.width
    for (let at = 0; at < least * a.width * 4; at += 4) {
      const isOther = [0, 1, 2].some((of) => {
        return Math.abs((a.data[at + of] ?? 0) - (b.data[at + of] ?? 0)) > SHADE
      })
      if (isOther) differing += 1
    }
    return differing / (a.width * most)
  }, urls)
}
