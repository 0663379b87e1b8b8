// The native WebTransport library for the tests, also on a Linux whose C library is too old for it. Its build wants glibc
// 2.38 for two functions, both older under another name. So a copy of it is marked as doing without that version, and
// linked behind a small library that has the two. Nothing of this is in the product, which refuses to start there.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Library } from '../../server/webtransport/library.ts'

/** The loader of the library looks here first. */
const VARIABLE = 'NAPI_RS_NATIVE_LIBRARY_PATH'
const SERVER = fileURLToPath(new URL('../../server/index.ts', import.meta.url))
const SHIM = fileURLToPath(new URL('./webtransport-shim.c', import.meta.url))

/** In an ELF file: the section of the versions that are needed, and what is missed without harm. */
const VERSION_NEEDS = 0x6ffffffe
const WEAK = 2

export type Loaded = { library: Library; env: Record<string, string> }

/** `env`: what a server process needs to load the same. A string: why it cannot be had here. */
export const webTransport: Loaded | string = load()

if (typeof webTransport === 'string') {
  console.warn(`SKIPPED: WebTransport is not tried: ${webTransport}`)
}

/** For tests that are skipped without it. */
export function loadedLibrary(): Loaded {
  if (typeof webTransport === 'string') throw new Error(webTransport)
  return webTransport
}

function load(): Loaded | string {
  const own = createRequire(SERVER)
  try {
    const loader = join(dirname(own.resolve('@moq/web-transport')), '../napi.cjs')
    const plain = attempt(loader)
    if (plain instanceof Error) return patched(loader)
    return { library: plain, env: {} }
  } catch (error) {
    return `neither as it is nor patched: ${String(error).split('\n')[0]}`
  }
}

function attempt(loader: string): Library | Error {
  try {
    return createRequire(SERVER)(loader) as Library
  } catch (error) {
    return error as Error
  }
}

function patched(loader: string): Loaded {
  const name = `@moq/web-transport-${process.platform}-${process.arch}-gnu`
  const binary = createRequire(loader).resolve(name)
  const bytes = readFileSync(binary)
  const made = createHash('sha256').update(bytes).update(readFileSync(SHIM)).digest('hex')
  // Kept from run to run: one folder for each version.
  const folder = join(tmpdir(), `holdfast-webtransport-${made.slice(0, 16)}`)
  if (!existsSync(folder)) link(folder, bytes)
  const outer = join(folder, 'outer.node')
  process.env[VARIABLE] = outer
  const library = attempt(loader)
  if (library instanceof Error) throw library
  return { library, env: { [VARIABLE]: outer } }
}

/** Whole or not at all: several test files may do it at the same moment. */
function link(folder: string, bytes: Buffer): void {
  const draft = mkdtempSync(`${folder}-`)
  writeFileSync(join(draft, 'inner.node'), withoutVersion(bytes, 'GLIBC_2.38'))
  // Symbols are sought in the outer one first, then in what it is linked against, which lies beside it.
  const flags = ['-shared', '-fPIC', '-Wl,--no-as-needed', '-Wl,-rpath,$ORIGIN', '-L', draft]
  const outer = join(draft, 'outer.node')
  execFileSync('gcc', [...flags, '-o', outer, SHIM, '-l:inner.node'], { stdio: 'pipe' })
  try {
    renameSync(draft, folder)
  } catch {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Marks the need of a version as weak in an ELF file of 64 bits: the linker then goes on when it is not there. */
function withoutVersion(file: Buffer, version: string): Buffer {
  const sections = sectionsOf(file)
  for (const { type, at, link } of sections) {
    if (type !== VERSION_NEEDS) continue
    const names = sections[link]?.at ?? 0
    for (let need = at, isLast = false; !isLast; need += file.readUInt32LE(need + 12)) {
      isLast = file.readUInt32LE(need + 12) === 0
      for (const one of versionsOf(file, need)) {
        const from = names + file.readUInt32LE(one + 8)
        const name = file.toString('latin1', from, file.indexOf(0, from))
        if (name === version) file.writeUInt16LE(file.readUInt16LE(one + 4) | WEAK, one + 4)
      }
    }
  }
  return file
}

function sectionsOf(file: Buffer): { type: number; at: number; link: number }[] {
  const start = Number(file.readBigUInt64LE(0x28))
  const [size, count] = [file.readUInt16LE(0x3a), file.readUInt16LE(0x3c)]
  return Array.from({ length: count }, (_, i) => {
    const head = start + i * size
    const [type, link] = [file.readUInt32LE(head + 4), file.readUInt32LE(head + 40)]
    return { type, at: Number(file.readBigUInt64LE(head + 24)), link }
  })
}

/** Where the versions that one library must have are listed. */
function versionsOf(file: Buffer, need: number): number[] {
  const found: number[] = []
  let at = need + file.readUInt32LE(need + 8)
  for (let left = file.readUInt16LE(need + 2); left > 0; left -= 1) {
    found.push(at)
    at += file.readUInt32LE(at + 12)
  }
  return found
}
