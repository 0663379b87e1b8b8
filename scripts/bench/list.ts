// `bun run bench list`: what a page of the list costs the database in each order, with many recordings: the first, and one far
// behind it. The default order is what the others are measured by.
import {
  connectDatabase,
  type Db,
  LIST_ORDERS,
  type ListCursor,
  type ListOrder,
  listRecordings,
} from '@holdfast/db'
import { startBroker } from '../../test/support/database-server.ts'
import { seedRecordings } from '../../test/support/many-recordings.ts'
import { cloneDatabase } from '../../test/support/test-database.ts'
import { count, fixed, machineLine, markdownTable, median } from './markdown.ts'

export type ListOptions = { rounds: number; recordings: number }

export const LIST_DEFAULTS: ListOptions = { rounds: 5, recordings: 100_000 }

const LIMIT = 50
/** Of each page in a round: one alone says little. */
const TIMES = 20
const FAR = 40

type Cost = { order: ListOrder; firstMs: number; farMs: number }

export async function benchList({ rounds, recordings }: ListOptions): Promise<void> {
  const broker = await startBroker(process.env.HOLDFAST_TEST_DATABASE_URL)
  const database = await cloneDatabase(broker.path)
  const { sql, db } = connectDatabase(database.connection)
  try {
    console.error(`${count(recordings)} recordings`)
    await seedRecordings(sql, recordings)
    const costs: Cost[] = []
    for (const order of LIST_ORDERS) costs.push(await measureOrder(db, order, rounds))
    print(costs, recordings)
  } finally {
    await sql.end()
    await database.drop()
    await broker.stop()
  }
}

async function measureOrder(db: Db, order: ListOrder, rounds: number): Promise<Cost> {
  console.error(order)
  const query = { statuses: null, group: null, order, limit: LIMIT }
  const read = (after: ListCursor | null) => listRecordings(db, { ...query, after })
  let far: ListCursor | null = null
  for (let page = 0; page < FAR; page += 1) far = (await read(far)).next
  const time = async (after: ListCursor | null): Promise<number> => {
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const startedAt = performance.now()
      for (let n = 0; n < TIMES; n += 1) await read(after)
      times.push((performance.now() - startedAt) / TIMES)
    }
    return median(times)
  }
  return { order, firstMs: await time(null), farMs: await time(far) }
}

function print(costs: readonly Cost[], recordings: number): void {
  const [{ firstMs, farMs } = { firstMs: Number.NaN, farMs: Number.NaN }] = costs
  console.log(`${machineLine()}; ${count(recordings)} recordings, pages of ${LIMIT}\n`)
  const titles = ['order', 'first page (ms)', `page ${FAR} (ms)`, 'of the default', 'far, of it']
  const rows = costs.map((cost) => [
    ...[cost.order, fixed(cost.firstMs, 1), fixed(cost.farMs, 1)],
    ...[`${fixed(cost.firstMs / firstMs, 1)} ×`, `${fixed(cost.farMs / farMs, 1)} ×`],
  ])
  console.log(markdownTable(titles, rows))
}
