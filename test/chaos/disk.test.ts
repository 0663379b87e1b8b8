// What happens to disks: power that goes, syncs that fail, no room, no writing, and slowness.
import { FAULTS } from './faults.ts'
import { faultSuite } from './suite.ts'

faultSuite(FAULTS.disk ?? [])
