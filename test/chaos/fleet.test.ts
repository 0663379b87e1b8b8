// What happens to several servers behind a proxy: updates, a death among them, and the loss of what they tell each other by.
import { FAULTS } from './faults.ts'
import { faultSuite } from './suite.ts'

faultSuite(FAULTS.fleet ?? [])
