// The configuration: read once from the environment, checked whole, then passed on as data. An unknown
// name or a bad value stops the start with one line that names the variable; values are never repeated.
import { resolve } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'
import * as v from 'valibot'
import { type NotifyConfig, notifyConfig } from './notify/notify-settings.ts'
import { SETTINGS, type SettingName, type SettingValues } from './settings.ts'
import type { StorePlace } from './store/store-place.ts'
import { readStorePlace } from './store-setting.ts'
import {
  type WebTransportConfig,
  webTransportConfig,
} from './webtransport/webtransport-settings.ts'

export type Config = {
  readonly port: number
  readonly host: string
  readonly dataDir: string
  /** null = the embedded database. */
  readonly databaseUrl: string | null
  /** null = the database tells, or there is nobody to tell. */
  readonly redisUrl: string | null
  readonly store: StorePlace
  readonly graceMs: number
  readonly sweepMs: number
  readonly leaseMs: number
  readonly maxChunkBytes: number
  readonly maxRecordingBytes: number
  /** 0 = for ever. */
  readonly retentionDays: number
  /** 0 = never. */
  readonly compactAfterMs: number
  readonly keepReplacedMs: number
  /** 0 = never. */
  readonly scrubBytesPerSecond: number
  readonly scrubRestMs: number
  /** 0 = never. */
  readonly reconcileMs: number
  /** Name or path; null = off. */
  readonly ffmpeg: string | null
  /** Exports that run at once here; as many of the small jobs beside them. */
  readonly jobs: number
  readonly jobTimeMs: number
  readonly jobStallMs: number
  readonly jobMemoryBytes: number
  readonly maxExportBytes: number
  readonly exportPartMs: number
  /** 0 = for ever. */
  readonly exportDays: number
  readonly adminKey: string | null
  readonly apiKeys: readonly string[]
  readonly jwksUrl: string | null
  readonly origins: readonly string[]
  readonly urlSecret: string | null
  readonly notify: NotifyConfig
  /** null = off. */
  readonly webTransport: WebTransportConfig | null
  readonly logLevel: SettingValues['LOG_LEVEL']
}

export type Environment = Readonly<Record<string, string | undefined>>

const invalid = (message: string): HoldfastError => new HoldfastError('config_invalid', { message })

/** @throws HoldfastError `config_invalid`, its message one line for the operator */
export function readConfig(env: Environment): Config {
  refuseUnknown(env)
  const values = readSettings(env)
  refuseHalfCertificate(values)
  const config = toConfig(values)
  refuseOpenDoors(config)
  return config
}

function refuseUnknown(env: Environment): void {
  for (const name of Object.keys(env)) {
    if (!name.startsWith('HOLDFAST_') || name.startsWith('HOLDFAST_TEST_')) continue
    if (!Object.hasOwn(SETTINGS, name)) {
      throw invalid(`${name} is not a setting of Holdfast. --help lists them all.`)
    }
  }
}

function readSettings(env: Environment): SettingValues {
  const names = Object.keys(SETTINGS) as SettingName[]
  const entries = names.map((name) => [name, readSetting(name, env[name]?.trim() ?? '')])
  return Object.fromEntries(entries) as SettingValues
}

function readSetting(name: SettingName, text: string): unknown {
  const { absent, schema } = SETTINGS[name]
  if (text === '') return absent
  const result = v.safeParse(schema as v.GenericSchema<string, unknown>, text)
  if (result.success) return result.output
  throw invalid(`${name} ${result.issues[0].message}.`)
}

function refuseHalfCertificate(values: SettingValues): void {
  const { HOLDFAST_WEBTRANSPORT_CERT: cert, HOLDFAST_WEBTRANSPORT_KEY: key } = values
  if ((cert === null) === (key === null)) return
  throw invalid('HOLDFAST_WEBTRANSPORT_CERT and HOLDFAST_WEBTRANSPORT_KEY belong together.')
}

const DAY_MS = 86_400_000

function toConfig(values: SettingValues): Config {
  const dataDir = resolve(values.HOLDFAST_DATA_DIR)
  return {
    port: values.PORT,
    host: values.HOST.replace(/^\[(.*)\]$/, '$1'),
    dataDir,
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    store: readStorePlace(values.HOLDFAST_STORE, { dataDir, keys: s3Keys(values) }),
    graceMs: values.HOLDFAST_GRACE_MS,
    sweepMs: values.HOLDFAST_SWEEP_MS,
    leaseMs: values.HOLDFAST_LEASE_MS,
    maxChunkBytes: values.HOLDFAST_MAX_CHUNK_BYTES,
    maxRecordingBytes: values.HOLDFAST_MAX_RECORDING_BYTES,
    retentionDays: values.HOLDFAST_RETENTION_DAYS,
    compactAfterMs: values.HOLDFAST_COMPACT_AFTER_MS,
    keepReplacedMs: values.HOLDFAST_KEEP_REPLACED_MS,
    scrubBytesPerSecond: values.HOLDFAST_SCRUB_BYTES_PER_S,
    scrubRestMs: values.HOLDFAST_SCRUB_REST_DAYS * DAY_MS,
    reconcileMs: values.HOLDFAST_RECONCILE_MS,
    ffmpeg: values.HOLDFAST_FFMPEG === 'off' ? null : values.HOLDFAST_FFMPEG,
    jobs: values.HOLDFAST_JOBS,
    jobTimeMs: values.HOLDFAST_JOB_TIME_MS,
    jobStallMs: values.HOLDFAST_JOB_STALL_MS,
    jobMemoryBytes: values.HOLDFAST_JOB_MEMORY_BYTES,
    maxExportBytes: values.HOLDFAST_MAX_EXPORT_BYTES,
    exportPartMs: values.HOLDFAST_EXPORT_PART_MS,
    exportDays: values.HOLDFAST_EXPORT_DAYS,
    adminKey: values.HOLDFAST_ADMIN_KEY,
    apiKeys: values.HOLDFAST_API_KEYS,
    jwksUrl: values.HOLDFAST_JWKS_URL,
    origins: values.HOLDFAST_ORIGINS,
    urlSecret: values.HOLDFAST_URL_SECRET,
    notify: notifyConfig(values),
    webTransport: webTransportConfig(values),
    logLevel: values.LOG_LEVEL,
  }
}

const s3Keys = (values: SettingValues) => ({
  accessKeyId: values.AWS_ACCESS_KEY_ID,
  secretAccessKey: values.AWS_SECRET_ACCESS_KEY,
  sessionToken: values.AWS_SESSION_TOKEN,
})

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Loopback and not one key: everyone on the machine is creator, reader and admin (protocol §3). */
export function isOpenToMachine(config: Config): boolean {
  return isLoopback(config.host) && config.adminKey === null && !hasCreatorKeys(config)
}

const hasCreatorKeys = (config: Config): boolean =>
  config.apiKeys.length > 0 || config.jwksUrl !== null

function refuseOpenDoors(config: Config): void {
  if (isLoopback(config.host) || (config.adminKey !== null && hasCreatorKeys(config))) return
  throw invalid(
    'HOST reaches beyond this machine: set HOLDFAST_ADMIN_KEY and HOLDFAST_API_KEYS or HOLDFAST_JWKS_URL.',
  )
}
