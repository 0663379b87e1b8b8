// Files that the person adds: checked, copied into this browser's storage, and then sent beside everything else that is
// on its way. Only what is not there yet, or was refused, is kept here.
import { computed, signal } from '@preact/signals'
import type { FileTrouble } from '../../files.ts'
import { followUpload } from './uploads.ts'

export type AddedFile = {
  readonly id: number
  readonly name: string
  readonly bytes: number
  /** null while it is checked and copied. */
  readonly trouble: FileTrouble | 'failed' | null
}

export const addedFiles = signal<readonly AddedFile[]>([])
export const copying = computed(() => addedFiles.value.filter(({ trouble }) => trouble === null))

let lastId = 0
/** One copy after the other: side by side they would only be slower. */
let turn: Promise<void> = Promise.resolve()

export function addFiles(files: Iterable<File>): void {
  for (const file of files) {
    lastId += 1
    const one = { id: lastId, name: file.name, bytes: file.size, trouble: null }
    addedFiles.value = [...addedFiles.value, one]
    turn = turn.then(() => addOne(file, one))
  }
}

async function addOne(file: File, one: AddedFile): Promise<void> {
  try {
    const { addFile } = await import('../../files.ts')
    followUpload(await addFile(file), false)
    forgetFile(one.id)
  } catch (error) {
    console.info('A file was not added', error)
    refuse(one, await troubleOf(error))
  }
}

/** Why a file is not taken. */
export async function troubleOf(error: unknown): Promise<FileTrouble | 'failed'> {
  const { FileError } = await import('../../files.ts').catch(() => ({ FileError: null }))
  return FileError && error instanceof FileError ? error.code : 'failed'
}

function refuse({ id }: AddedFile, trouble: AddedFile['trouble']): void {
  addedFiles.value = addedFiles.value.map((one) => (one.id === id ? { ...one, trouble } : one))
}

const TROUBLES: readonly string[] = [
  'not_media',
  'cut_off',
  'unreadable',
  'no_room',
  'not_stored',
] satisfies FileTrouble[]

/** Of a file that was shared with the app and that its service worker did not take. */
export function noteRefusal({ code, name, bytes }: { code: string; name: string; bytes: number }) {
  lastId += 1
  const trouble = (TROUBLES.includes(code) ? code : 'failed') as AddedFile['trouble']
  addedFiles.value = [...addedFiles.value, { id: lastId, name, bytes, trouble }]
}

export function forgetFile(id: number): void {
  addedFiles.value = addedFiles.value.filter((one) => one.id !== id)
}
