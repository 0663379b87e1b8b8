// The embedded database: a real Postgres on a unix socket in the data folder, started and stopped by us.
// Nothing here knows tables; nothing outside here knows how the server process is run.
export type { EmbeddedLog } from './server-log.ts'
export {
  type EmbeddedConnection,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  findRunningPostgres,
  startEmbeddedPostgres,
} from './start.ts'
