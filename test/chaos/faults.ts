// Every fault, by the folder that it lies in. The tests run each once, the command as often as asked.
import { bucketKilled } from './bucket/bucket-killed.ts'
import { databaseClockJumps, serverClockJumps } from './clock/clock-jumps.ts'
import { bitFlip } from './damage/bit-flip.ts'
import { ffmpegIll } from './damage/ffmpeg-ill.ts'
import { failingSync } from './disk/failing-sync.ts'
import { fullDisk } from './disk/full-disk.ts'
import { powerCut, powerCutEmbedded } from './disk/power-cut.ts'
import { readOnlyDisk } from './disk/read-only.ts'
import { slowDisk } from './disk/slow-disk.ts'
import type { Fault } from './fault.ts'
import { instanceKilled } from './fleet/instance-killed.ts'
import { redisKilled } from './fleet/redis-killed.ts'
import { rollingRestart } from './fleet/rolling-restart.ts'
import { addressChange, packetLoss } from './network/cable-faults.ts'
import { acksLost, blackHole, deafLine, lineReset, slowUplink } from './network/line-faults.ts'
import { databaseKilled, embeddedDatabaseKilled } from './process/database-killed.ts'
import { outOfDescriptors } from './process/out-of-descriptors.ts'
import { outOfMemory } from './process/out-of-memory.ts'
import { allDown, bothPaused } from './process/paused.ts'
import { serverKilled, serverKilledAlone } from './process/server-killed.ts'
import { zombieFinalizer } from './process/zombie-finalizer.ts'

export const FAULTS: Readonly<Record<string, readonly Fault[]>> = {
  process: [
    serverKilled,
    serverKilledAlone,
    outOfMemory,
    outOfDescriptors,
    databaseKilled,
    embeddedDatabaseKilled,
    zombieFinalizer,
    bothPaused,
    allDown,
  ],
  clock: [serverClockJumps, databaseClockJumps],
  disk: [powerCut, powerCutEmbedded, failingSync, fullDisk, readOnlyDisk, slowDisk],
  bucket: [bucketKilled],
  fleet: [rollingRestart, instanceKilled, redisKilled],
  network: [lineReset, acksLost, blackHole, deafLine, slowUplink, packetLoss, addressChange],
  damage: [bitFlip, ffmpegIll],
}
