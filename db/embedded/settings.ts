// How the server is configured: on its command line, so that no edited file can weaken a promise.
// Every durability setting is written out, also where it is the default.

export type ServerPlace = {
  readonly clusterFolder: string
  readonly socketFolder: string
  readonly port: number
}

const DURABLE = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // After a failed fsync the kernel may have dropped the pages: crash and replay, never retry.
  data_sync_retry: 'off',
}

const QUIET = {
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '',
  log_checkpoints: 'off',
  // Statements carry titles and hashes of tokens; the caller gets the error anyway.
  log_min_error_statement: 'panic',
}

/** The arguments after `postgres`. Reached over its socket only: no TCP port is ever opened. */
export function serverArguments(place: ServerPlace): string[] {
  const settings: Record<string, string> = {
    ...DURABLE,
    ...QUIET,
    listen_addresses: '',
    unix_socket_directories: place.socketFolder,
    unix_socket_permissions: '0700',
    port: String(place.port),
  }
  // macOS: fdatasync and fsync leave the data in the drive's cache; only this one flushes it.
  if (process.platform === 'darwin') settings.wal_sync_method = 'fsync_writethrough'
  const pairs = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', place.clusterFolder, ...pairs]
}

/** The arguments after `initdb`. Password-less, because only one account can reach the socket. */
export function initArguments(clusterFolder: string): string[] {
  return [
    `--pgdata=${clusterFolder}`,
    `--username=${DATABASE_USER}`,
    '--auth-local=trust',
    '--auth-host=reject',
    '--encoding=UTF8',
    // The built-in provider sorts by code point on every platform, whatever its libc knows.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
  ]
}

export const DATABASE_USER = 'holdfast'
export const DATABASE_NAME = 'holdfast'

/**
 * All that the programs get to see of the environment: no secrets, and no PG* that would change them.
 */
export function serverEnvironment(libraryPath: string | undefined): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin',
    LC_ALL: 'C',
    ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }),
  }
}
