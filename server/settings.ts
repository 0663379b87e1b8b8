// Every setting of the server, once: what it is, its unit, its default and why. The configuration, the
// table in the docs and `--help` are made from this list and from nothing else (protocol §5).
import { LIMITS, TIMING } from '@holdfast/protocol'
import * as v from 'valibot'
import { databaseUrl, list, origins, size, urlOf, wholeNumber } from './config-text.ts'
import { NOTIFY_SETTINGS } from './notify/notify-settings.ts'
import { setting } from './setting.ts'
import { WEBTRANSPORT_SETTINGS } from './webtransport/webtransport-settings.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

export const SETTINGS = {
  PORT: setting(3000, wholeNumber(0, 65_535), {
    description: 'TCP port of HTTP and WebSocket; 0 takes a free one.',
    byDefault: '3000',
    reason: 'What people expect of a web application on their own machine.',
  }),
  HOST: setting('127.0.0.1', v.pipe(v.string(), v.regex(/^[\w.:[\]-]+$/, 'must be a host name')), {
    description:
      'Address to listen on. Beyond loopback needs HOLDFAST_ADMIN_KEY and keys for creators.',
    byDefault: '127.0.0.1',
    reason: 'A recorder must not be open to the network because someone tried it out.',
  }),
  HOLDFAST_DATA_DIR: setting('./data', v.string(), {
    description: 'Folder of the segments and of the embedded database.',
    byDefault: './data',
    reason: 'Everything in one place that can be backed up and removed.',
  }),
  DATABASE_URL: setting(null, databaseUrl, {
    description: 'A PostgreSQL to use instead of the embedded one.',
    byDefault: 'embedded',
    reason: 'One process needs nothing installed; several share one database.',
  }),
  REDIS_URL: setting(null, urlOf('redis', 'rediss'), {
    description: 'Redis through which instances tell each other of new events; rediss:// for TLS.',
    byDefault: 'none',
    reason: 'LISTEN/NOTIFY of PostgreSQL does the same for a few instances. Redis holds no fact.',
  }),
  HOLDFAST_STORE: setting('file:', v.string(), {
    description:
      'Where the media bytes lie: file:, file:/path, or s3://bucket/prefix?endpoint=…&region=….',
    byDefault: 'file:',
    reason: 'A local disk with fdatasync is the simplest store that keeps the promise.',
  }),
  AWS_ACCESS_KEY_ID: setting(null, v.string(), {
    description: 'Key of an s3: store.',
    byDefault: 'none',
    reason: 'The names that every tool for S3 reads.',
  }),
  AWS_SECRET_ACCESS_KEY: setting(null, v.string(), {
    description: 'Its secret.',
    byDefault: 'none',
    reason: 'In the environment and never in HOLDFAST_STORE, which people show around.',
  }),
  AWS_SESSION_TOKEN: setting(null, v.string(), {
    description: 'Of temporary keys. When they expire nothing more is stored until a restart.',
    byDefault: 'none',
    reason: 'For trying things out; a server that runs for months wants keys that do not expire.',
  }),
  HOLDFAST_GRACE_MS: setting(TIMING.graceMs, wholeNumber(1, DAY_MS), {
    description:
      'How long after the last sign of life a recording that was not stopped is finalized.',
    byDefault: String(TIMING.graceMs),
    unit: 'ms',
    reason: 'Long enough for a reload or a change of network, short enough to wait for.',
  }),
  HOLDFAST_SWEEP_MS: setting(1000, wholeNumber(10, DAY_MS), {
    description: 'How often each instance looks for recordings that are due.',
    byDefault: '1000',
    unit: 'ms',
    reason: 'One indexed query a second; the wait after the grace time is at most this.',
  }),
  HOLDFAST_LEASE_MS: setting(30_000, wholeNumber(100, DAY_MS), {
    description: 'How long an instance may finalize one recording before another takes over.',
    byDefault: '30000',
    unit: 'ms',
    reason: 'Finalizing takes milliseconds: only a dead instance ever reaches this.',
  }),
  HOLDFAST_MAX_CHUNK_BYTES: setting(LIMITS.maxChunkBytes, size(1024, 64 * MiB), {
    description: 'Longest chunk; clients split larger ones.',
    byDefault: '4MiB',
    unit: 'bytes',
    reason: 'Bounds memory per recorder and the work that one lost connection repeats.',
  }),
  HOLDFAST_MAX_RECORDING_BYTES: setting(20 * GiB, size(1024, Number.MAX_SAFE_INTEGER), {
    description: 'Most bytes of one recording.',
    byDefault: '20GiB',
    unit: 'bytes',
    reason: 'About 18 hours at 2.5 Mbit/s; a stolen token cannot fill the disk.',
  }),
  HOLDFAST_RETENTION_DAYS: setting(0, wholeNumber(0, 36_500), {
    description:
      'Days after the last chunk when a finished recording is deleted; 0 keeps for ever.',
    byDefault: '0',
    unit: 'days',
    reason: 'Nothing is deleted unless someone asked for it.',
  }),
  HOLDFAST_COMPACT_AFTER_MS: setting(3_600_000, wholeNumber(0, 365 * DAY_MS), {
    description:
      'How long a recording must have been ready or incomplete before its segments become one object; 0 never.',
    byDefault: '3600000',
    unit: 'ms',
    reason: 'What a device still has usually comes within the hour; after it each part comes anew.',
  }),
  HOLDFAST_KEEP_REPLACED_MS: setting(DAY_MS, wholeNumber(1000, 365 * DAY_MS), {
    description:
      'How long segments are kept after an object replaced them. They are read back once more before they go.',
    byDefault: '86400000',
    unit: 'ms',
    reason: 'Outlives every player that still reads them, and leaves a day to notice a bad disk.',
  }),
  HOLDFAST_SCRUB_BYTES_PER_S: setting(4 * MiB, size(0, 1024 * GiB), {
    description:
      'How fast everything that is stored is read again and compared, by all instances together; 0 never.',
    byDefault: '4MiB',
    unit: 'bytes',
    reason:
      'A terabyte in three days, at a hundredth of what a disk gives; recorders notice nothing.',
  }),
  HOLDFAST_SCRUB_REST_DAYS: setting(7, wholeNumber(0, 3650), {
    description: 'Days between the end of one such reading and the beginning of the next.',
    byDefault: '7',
    unit: 'days',
    reason: 'Damage is found while a browser may still have the chunk, and disks may sleep.',
  }),
  HOLDFAST_RECONCILE_MS: setting(HOUR_MS, wholeNumber(0, 30 * DAY_MS), {
    description: 'How often the server looks for what dead processes left behind; 0 never.',
    byDefault: '3600000',
    unit: 'ms',
    reason:
      'Only what died since the last time is read; an hour is soon enough for what no one misses.',
  }),
  HOLDFAST_FFMPEG: setting(
    'ffmpeg',
    v.pipe(v.string(), v.regex(/^[^-\0]/, 'must be off, a name or a path')),
    {
      description: 'The ffmpeg that makes MP4, pictures and peaks: a name in PATH, a path, or off.',
      byDefault: 'ffmpeg',
      reason: 'The system’s own gets its security updates. Without one everything else works.',
    },
  ),
  HOLDFAST_JOBS: setting(1, wholeNumber(0, 64), {
    description:
      'Exports that run here at once, and as many small jobs (pictures, peaks) beside them; 0 = none.',
    byDefault: '1',
    reason: 'An encoder takes what it gets; recording goes first.',
  }),
  HOLDFAST_JOB_TIME_MS: setting(12 * 3_600_000, wholeNumber(1000, 7 * DAY_MS), {
    description: 'Longest run of one job.',
    byDefault: '43200000',
    unit: 'ms',
    reason: 'On one core encoding takes about as long as the recording; longer ones are rare.',
  }),
  HOLDFAST_JOB_STALL_MS: setting(300_000, wholeNumber(100, DAY_MS), {
    description: 'A job in which nothing goes on for so long is ended.',
    byDefault: '300000',
    unit: 'ms',
    reason: 'Moving the index of a large MP4 to its front takes minutes without a word.',
  }),
  HOLDFAST_JOB_MEMORY_BYTES: setting(2 * GiB, size(64 * MiB, Number.MAX_SAFE_INTEGER), {
    description: 'Address space of one ffmpeg.',
    byDefault: '2GiB',
    unit: 'bytes',
    reason: 'Enough for 4K; a file made to fill memory fails alone.',
  }),
  HOLDFAST_MAX_EXPORT_BYTES: setting(20 * GiB, size(1024, Number.MAX_SAFE_INTEGER), {
    description: 'Largest file that a job may make.',
    byDefault: '20GiB',
    unit: 'bytes',
    reason: 'As a recording; what ends never cannot fill the disk.',
  }),
  HOLDFAST_EXPORT_PART_MS: setting(60_000, wholeNumber(1000, DAY_MS), {
    description:
      'How much of a recording an export codes at a time. A server that dies loses so much of its work.',
    byDefault: '60000',
    unit: 'ms',
    reason: 'Less than a minute of work for one core, and few enough files for a day.',
  }),
  HOLDFAST_EXPORT_DAYS: setting(7, wholeNumber(0, 36_500), {
    description: 'Days after its last download when an MP4 export is removed; 0 keeps it.',
    byDefault: '7',
    unit: 'days',
    reason: 'It can be made again, and takes as much room as the recording.',
  }),
  HOLDFAST_ADMIN_KEY: setting(null, v.string(), {
    description: 'Bearer key of the operator: list, delete, finalize, metrics.',
    byDefault: 'none',
    reason: 'Without any key a server on loopback trusts everyone on the machine.',
  }),
  HOLDFAST_API_KEYS: setting([], list, {
    description: 'Bearer keys that may create recordings, separated by commas.',
    byDefault: 'none',
    reason: 'Several, so that one can be replaced without a moment without any.',
  }),
  HOLDFAST_JWKS_URL: setting(null, urlOf('http', 'https'), {
    description: 'Key set whose JWTs may create recordings (the owner is `sub`).',
    byDefault: 'none',
    reason: 'Applications that have sign-in need no second kind of key.',
  }),
  HOLDFAST_ORIGINS: setting([], origins, {
    description: 'Web origins that may call this server; their host names are this server’s too.',
    byDefault: 'its own only',
    reason: 'No other website may reach into a local server through its visitor’s browser.',
  }),
  HOLDFAST_URL_SECRET: setting(
    null,
    v.pipe(v.string(), v.minLength(16, 'must have 16 characters')),
    {
      description: 'Secret that signs links and permits, the same on every instance.',
      byDefault: 'made at the first start, kept in the database',
      reason: 'Configured only where it must outlive the database.',
    },
  ),
  ...NOTIFY_SETTINGS,
  ...WEBTRANSPORT_SETTINGS,
  LOG_LEVEL: setting(
    'info',
    v.picklist(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    ),
    {
      description: 'Least important line that is logged.',
      byDefault: 'info',
      reason: 'info is one line for each thing that happens to a recording.',
    },
  ),
} as const

export type SettingName = keyof typeof SETTINGS
type Setting = (typeof SETTINGS)[SettingName]
type ValueOf<S extends Setting> = Widened<S['absent']> | v.InferOutput<S['schema']>
type Widened<T> = T extends readonly unknown[] ? never : T

/** The settings by their variables' names, read and checked. */
export type SettingValues = { readonly [N in SettingName]: ValueOf<(typeof SETTINGS)[N]> }
