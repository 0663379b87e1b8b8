// Lets the database parse and plan each statement once per connection. Drizzle asks its driver not to prepare,
// which costs every statement a second round trip and a plan. Knows nothing of the statements themselves.
import type postgres from 'postgres'

/**
 * The same driver, which prepares what is sent through `unsafe`, in transactions and savepoints too. A URL with
 * `?prepare=false`, for poolers that hand out another connection per transaction, still has the last word.
 */
export function prepareStatements(sql: postgres.Sql): postgres.Sql {
  const begin = sql.begin.bind(sql)
  prepareUnsafe(sql)
  sql.begin = ((...args: unknown[]) => {
    const body = args.pop() as (tx: postgres.TransactionSql) => unknown
    const prepared = (tx: postgres.TransactionSql) => body(prepareTransaction(tx))
    return Reflect.apply(begin, sql, [...args, prepared])
  }) as typeof sql.begin
  return sql
}

function prepareTransaction(tx: postgres.TransactionSql): postgres.TransactionSql {
  const savepoint = tx.savepoint.bind(tx)
  prepareUnsafe(tx)
  tx.savepoint = ((...args: unknown[]) => {
    const body = args.pop() as (inner: postgres.TransactionSql) => unknown
    const prepared = (inner: postgres.TransactionSql) => body(prepareTransaction(inner))
    return Reflect.apply(savepoint, tx, [...args, prepared])
  }) as typeof tx.savepoint
  return tx
}

function prepareUnsafe(sql: postgres.ISql): void {
  const unsafe = sql.unsafe.bind(sql)
  sql.unsafe = ((text: string, parameters?: never[], options?: postgres.UnsafeQueryOptions) =>
    unsafe(text, parameters, { ...options, prepare: true })) as typeof sql.unsafe
}
