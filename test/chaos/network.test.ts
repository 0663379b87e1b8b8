// What happens to lines: resets, silence, slowness, loss.
import { FAULTS } from './faults.ts'
import { faultSuite } from './suite.ts'

faultSuite(FAULTS.network ?? [])
