// `bun examples/serve.ts plain|react|with-backend`: serves one example, for a Holdfast server at HOLDFAST_URL that allows this
// origin (HOLDFAST_ORIGINS). For `with-backend` it is also the application's own back end, with an API key in HOLDFAST_KEY.
import { join } from 'node:path'

const EXAMPLES = { plain: 'plain.ts', react: 'react.tsx', 'with-backend': 'with-backend.ts' }

const { HOLDFAST_URL = 'http://localhost:3000', HOLDFAST_KEY = '', PORT = '3100' } = process.env
const name = process.argv[2] as keyof typeof EXAMPLES
if (!EXAMPLES[name]) throw new Error(`Which example? ${Object.keys(EXAMPLES).join(', ')}`)

const here = (file: string) => join(import.meta.dirname, file)

async function script(): Promise<Response> {
  const entrypoints = [here(EXAMPLES[name])]
  const { outputs } = await Bun.build({ entrypoints, target: 'browser' })
  const text = (await outputs[0]?.text())?.replaceAll('HOLDFAST_URL', HOLDFAST_URL)
  return new Response(text, { headers: { 'Content-Type': 'text/javascript' } })
}

/** Your own sign-in comes first; then this visitor may create recordings for a while, in this person's name. */
async function permit(): Promise<Response> {
  const answer = await fetch(`${HOLDFAST_URL}/api/permits`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${HOLDFAST_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ owner: 'user-4711' }),
  })
  const { permit: text } = (await answer.json()) as { permit: string }
  return new Response(text)
}

const server = Bun.serve({
  port: Number(PORT),
  hostname: '127.0.0.1',
  routes: {
    '/main.js': script,
    '/recording-permit': { POST: permit },
    '/*': new Response(Bun.file(here('page.html'))),
  },
})
console.info(`http://localhost:${server.port}`)
