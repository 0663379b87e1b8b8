// The stills: every screen held still, as it was when somebody last looked at it. Compared with what the page shows now, or taken
// anew.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { readPng, writePng } from '../support/picture.ts'
import { compareStills, type Difference } from './compare-stills.ts'
import { type View, walkViews } from './every-view.ts'
import { expectFont, holdStill } from './still.ts'

const STILLS = join(import.meta.dirname, 'stills')

/** The answers of a busy server, and what is drawn of them, come when they come. */
const PATIENCE_MS = 8000
/** Of all views together: what the page does next must not wait for what will not come. */
const ALL_PATIENCE_MS = 20_000
const AGAIN_MS = 250

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function takeStill(page: Page): Promise<Buffer> {
  const goOn = await holdStill(page)
  try {
    return await page.screenshot({ fullPage: true })
  } finally {
    await goOn()
  }
}

/** null: nobody has taken it yet. */
const readKept = (name: string): Promise<Buffer | null> =>
  readFile(join(STILLS, name)).catch(() => null)

async function differenceOf(kept: Buffer, taken: Buffer): Promise<Difference | null> {
  if (kept.equals(taken)) return null
  return compareStills(await readPng(kept), await readPng(taken))
}

type Place = {
  /** Where the pictures of what differs go. */
  readonly folder: string
  patienceMs: number
}

/** In words, with the path of a picture that shows it; null: the view looks as it did. */
async function checkView({ page, name }: View, place: Place): Promise<string | null> {
  const kept = await readKept(name)
  if (!kept) return `${name}: there is no still of it`
  const startedAt = performance.now()
  const endAt = startedAt + Math.min(PATIENCE_MS, place.patienceMs)
  for (;;) {
    const taken = await takeStill(page)
    const difference = await differenceOf(kept, taken)
    if (!difference) return null
    if (performance.now() < endAt) {
      await pause(AGAIN_MS)
      continue
    }
    place.patienceMs -= performance.now() - startedAt
    const path = join(place.folder, name.replace('.png', '.difference.png'))
    await writeFile(join(place.folder, name), taken)
    await writeFile(path, await writePng(difference.picture))
    return `${name}: ${difference.says}; see ${path}`
  }
}

const gone = async (names: readonly string[]) =>
  (await readdir(STILLS)).filter((name) => !names.includes(name))

export type Checked = {
  readonly seen: number
  /** One line for each view that does not look as it did. */
  readonly wrong: string[]
}

export async function checkStills(): Promise<Checked> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-stills-'))
  const place = { folder, patienceMs: ALL_PATIENCE_MS }
  const wrong: string[] = []
  const names = await walkViews(async (view) => {
    await expectFont(view.page)
    const line = await checkView(view, place)
    if (line) wrong.push(line)
  })
  for (const name of await gone(names)) wrong.push(`${name}: there is no such screen any more`)
  if (wrong.length === 0) await rm(folder, { recursive: true })
  return { seen: names.length, wrong }
}

/** Until nothing changes any more. */
async function takeSettled(page: Page): Promise<Buffer> {
  const endAt = performance.now() + PATIENCE_MS
  let last = await takeStill(page)
  while (performance.now() < endAt) {
    await pause(AGAIN_MS)
    const next = await takeStill(page)
    if (next.equals(last)) break
    last = next
  }
  return last
}

/** Those that look as they did stay as they are. Resolves with the names of the others. */
export async function takeStills(): Promise<string[]> {
  await mkdir(STILLS, { recursive: true })
  const changed: string[] = []
  const names = await walkViews(async ({ page, name }) => {
    await expectFont(page)
    const [kept, taken] = [await readKept(name), await takeSettled(page)]
    if (kept && !(await differenceOf(kept, taken))) return
    await writeFile(join(STILLS, name), taken)
    changed.push(name)
  })
  for (const name of await gone(names)) {
    await rm(join(STILLS, name))
    changed.push(name)
  }
  return changed
}
