// Turns what the server or initdb said on stderr into an error that tells a person what to do.
import { HoldfastError } from '@holdfast/protocol'

/** `what` is the step that failed, `said` its last lines of output. */
export function databaseFailure(what: string, said: readonly string[]): HoldfastError {
  const text = said.join('\n')
  const details = { output: said }
  const because = lastWords(said)
  if (/No space left on device|Disk quota exceeded/.test(text)) {
    const message = `${what}: the disk is full. Free space and start again; nothing was deleted.`
    return new HoldfastError('disk_full', { message, details })
  }
  if (/error while loading shared libraries|Library not loaded|: not found$|ENOENT/m.test(text)) {
    const message = `${what}: the packaged Postgres cannot run on this system (${because}). Set DATABASE_URL.`
    return new HoldfastError('database_missing', { message, details })
  }
  if (/lock file "postmaster\.pid" already exists/.test(text)) {
    const message = `${what}: another process uses this data folder (${because}).`
    return new HoldfastError('database_locked', { message, details })
  }
  return new HoldfastError('database_failed', { message: `${what}: ${because}`, details })
}

/** Any failure of a start: what the file system refused, as the error that says what to do. */
export function asDatabaseError(error: unknown, dataDir: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const { code, message: said } = error as NodeJS.ErrnoException
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  const message = `The database in ${dataDir} could not be started: ${full ? 'the disk is full' : said}.`
  return new HoldfastError(full ? 'disk_full' : 'database_failed', { message, cause: error })
}

/** The line that names the cause, and the hint that follows it. */
function lastWords(said: readonly string[]): string {
  const from = said.findLastIndex((line) => /^(FATAL|PANIC|initdb: error|.*\berror\b)/.test(line))
  const words = from === -1 ? said.slice(-2) : said.slice(from, from + 3)
  return words.join(' ') || 'it said nothing'
}
