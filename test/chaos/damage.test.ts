// What happens to what is stored, and to the programs that work on it.
import { FAULTS } from './faults.ts'
import { faultSuite } from './suite.ts'

faultSuite(FAULTS.damage ?? [])
