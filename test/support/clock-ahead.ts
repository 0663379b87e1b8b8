// The clock of the day of this process, set forward for a moment: what asks `Date` is told of the future.
export async function withClockAhead<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const RealDate = Date
  class DateAhead extends RealDate {
    constructor(...given: [] | [number]) {
      if (given.length === 0) super(RealDate.now() + ms)
      else super(...given)
    }

    static override now(): number {
      return RealDate.now() + ms
    }
  }
  globalThis.Date = DateAhead as DateConstructor
  try {
    return await work()
  } finally {
    globalThis.Date = RealDate
  }
}
