// What an entry of the package costs a page: bundled and minified with all that it imports at once, gzipped. What is fetched
// later, and only where it is needed, is weighed apart.
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

export type Weight = {
  /** Before anything of it can be used: for `index.js` all that records WebM and keeps it on this device. */
  readonly firstBytes: number
  /** What sends, which follows at once, and what only some need: MP4's part, WebTransport. */
  readonly laterBytes: number
}

/** @param entry path of its file */
export async function weighEntry(entry: string): Promise<Weight> {
  const built = await build({
    ...{ configFile: false, root: import.meta.dirname, logLevel: 'silent', publicDir: false },
    build: {
      ...{ write: false, target: 'es2023', modulePreload: false },
      rolldownOptions: {
        input: entry,
        external: ['react'],
        preserveEntrySignatures: 'strict',
        // As our own page is built: what is needed at once is one file.
        output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
      },
    },
  })
  const chunks = 'output' in built ? built.output.filter((it) => it.type === 'chunk') : []
  const byName = new Map(chunks.map((it) => [it.fileName, it]))
  const first = new Set(chunks.filter((it) => it.isEntry).map((it) => it.fileName))
  for (const file of first) for (const other of byName.get(file)?.imports ?? []) first.add(other)
  const sizes = chunks.map((it) => ({ ...it, bytes: gzipSync(it.code).length }))
  const sum = (isFirst: boolean) =>
    sizes.reduce((all, it) => all + (first.has(it.fileName) === isFirst ? it.bytes : 0), 0)
  return { firstBytes: sum(true), laterBytes: sum(false) }
}
