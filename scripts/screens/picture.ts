// Pictures as files: few colours, so that they stay small, and how much two of them differ.
import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { ChromiumProcess } from '../../test/support/chromium.ts'

export type Page = Awaited<ReturnType<ChromiumProcess['newPage']>>

const execute = promisify(execFile)

/** As much colour as the pictures need and no more: an eighth of the size. */
const PALETTE = 'split[a][b];[a]palettegen=max_colors=160[p];[b][p]paletteuse=dither=none'

export async function takePicture(page: Page, path: string): Promise<void> {
  const raw = `${path}.raw.png`
  await page.screenshot({ path: raw })
  await execute('ffmpeg', ['-v', 'error', '-y', '-i', raw, '-vf', PALETTE, path])
  await rm(raw)
}

const asUrl = async (path: string) => `data:image/png;base64,${await readFile(path, 'base64')}`

/** The share of the pixels that differ by more than a shade; 1 where the sizes do. */
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
    if (!a || !b || a.width !== b.width || a.height !== b.height) return 1
    let differing = 0
    for (let at = 0; at < a.data.length; at += 4) {
      const isOther = [0, 1, 2].some((of) => {
        return Math.abs((a.data[at + of] ?? 0) - (b.data[at + of] ?? 0)) > SHADE
      })
      if (isOther) differing += 1
    }
    return differing / (a.width * a.height)
  }, urls)
}
