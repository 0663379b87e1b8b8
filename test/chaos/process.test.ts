// What happens to processes: servers and databases that are killed or stand still.
import { FAULTS } from './faults.ts'
import { faultSuite } from './suite.ts'

faultSuite(FAULTS.process ?? [])
