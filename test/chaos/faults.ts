// Every fault, by the folder that it lies in. The tests run each once, the command as often as asked.
import { bucketKilled } from './bucket/bucket-killed.ts'
import { powerCut, powerCutEmbedded } from './disk/power-cut.ts'
import type { Fault } from './fault.ts'
import { instanceKilled } from './fleet/instance-killed.ts'
import { redisKilled } from './fleet/redis-killed.ts'
import { rollingRestart } from './fleet/rolling-restart.ts'
import { serverKilled, serverKilledAlone } from './process/server-killed.ts'

export const FAULTS: Readonly<Record<string, readonly Fault[]>> = {
  process: [serverKilled, serverKilledAlone],
  disk: [powerCut, powerCutEmbedded],
  bucket: [bucketKilled],
  fleet: [rollingRestart, instanceKilled, redisKilled],
}
