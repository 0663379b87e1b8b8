// What happens while the media bytes lie in a bucket.
import { FAULTS } from './faults.ts'
import { faultSuite } from './suite.ts'

faultSuite(FAULTS.bucket ?? [])
