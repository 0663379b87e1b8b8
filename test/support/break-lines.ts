// Preloaded into a server under Bun: changes the named lines while they are loaded, so that a test can be seen to fail
// without the line that it is about. The product has no switch for this; a line that is not there ends the process.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { plugin } from 'bun'
import type { Break } from './server.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const breaks = JSON.parse(process.env.HOLDFAST_TEST_BREAKS ?? '[]') as Break[]
const files = [...new Set(breaks.map(({ file }) => file))]

const changed = new Map(files.map((file) => [`${ROOT}${file}`, withoutLines(file)]))

function withoutLines(file: string): string {
  let text = readFileSync(`${ROOT}${file}`, 'utf8')
  for (const { line, instead } of breaks.filter((one) => one.file === file)) {
    if (text.split(line).length !== 2) {
      process.stderr.write(`${file} has not exactly one line to break: ${line}\n`)
      process.exit(3)
    }
    text = text.replace(line, () => instead)
  }
  return text
}

const escaped = files.map((file) => file.replaceAll(/[.]/g, '\\.'))

plugin({
  name: 'break-lines',
  setup(build) {
    build.onLoad({ filter: new RegExp(`/(?:${escaped.join('|')})$`) }, ({ path }) => ({
      contents: changed.get(path) ?? readFileSync(path, 'utf8'),
      loader: 'ts',
    }))
  },
})
