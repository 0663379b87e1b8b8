// @tus/server with its file store, as its own page shows it: what most resumable uploads run on.
// Usage: PORT=… TUS_DIR=… bun tus-server.ts
import { mkdir } from 'node:fs/promises'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const { PORT, TUS_DIR: directory = '' } = process.env
await mkdir(directory, { recursive: true })
const server = new Server({ path: '/files', datastore: new FileStore({ directory }) })
server.listen({ host: '127.0.0.1', port: Number(PORT) })
