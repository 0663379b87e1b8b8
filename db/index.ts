// The ledger: schema, connections, and one file per statement that matters in ledger/.
export * from './client.ts'
export * from './migrate.ts'
export * as schema from './schema.ts'
