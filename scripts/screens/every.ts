// Every screen as a person sees it, for people.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { walkViews } from '../../test/ui/every-view.ts'
import { takePicture } from './picture.ts'

const EVERY_SCREEN = join(import.meta.dirname, '../../docs/screens/every')

/** Resolves with the names of the pictures. */
export async function takeEveryScreen(): Promise<string[]> {
  await rm(EVERY_SCREEN, { recursive: true, force: true })
  await mkdir(EVERY_SCREEN, { recursive: true })
  return await walkViews(({ page, name }) =>
    takePicture(page, join(EVERY_SCREEN, name), { colours: 160, fullPage: true }),
  )
}
