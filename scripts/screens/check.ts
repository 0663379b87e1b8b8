// Takes every screen anew and compares it with the committed picture. Prints what differs, and where the new one lies.
import { access, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChromiumProcess } from '../../test/support/chromium.ts'
import { STILLS, takeEveryScreen } from './every.ts'
import { difference } from './picture.ts'

/** What a word of another length moves is less than this; a button that went is more. */
const ALLOWED = 0.015

/** @returns one line for each screen that is not as it was */
export async function checkScreens(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-screens-'))
  const names = await takeEveryScreen({ stills: join(folder, 'new') })
  const browser = await ChromiumProcess.launch({ profileDir: join(folder, 'profile') })
  try {
    const page = await browser.newPage()
    const changed: string[] = []
    for (const name of names) {
      const [before, now] = [join(STILLS, name), join(folder, 'new', name)]
      const isThere = await access(before).then(
        () => true,
        () => false,
      )
      const share = isThere ? await difference(page, before, now) : 1
      if (share > ALLOWED) changed.push(`${name}: ${(share * 100).toFixed(1)} % differ; now ${now}`)
    }
    const gone = (await readdir(STILLS)).filter((name) => !names.includes(name))
    return [...changed, ...gone.map((name) => `${name}: there is no such screen any more`)]
  } finally {
    await browser.kill()
  }
}
