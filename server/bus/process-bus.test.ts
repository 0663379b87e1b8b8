import { busContract } from '../../test/contract/bus.ts'
import { ProcessBus } from './process-bus.ts'

// All that listen in one process are one instance to it.
busContract('the bus of one process', () => {
  const bus = new ProcessBus()
  return Promise.resolve({
    names: ['a'],
    open: () => bus,
    breakDown: () => undefined,
    restore: () => undefined,
    dispose: () => bus.close(),
  })
})
