// Owns the delivery of events to handlers. A handler that throws is reported like any uncaught error and
// stops neither the others nor the upload.

export class Emitter<Events> {
  readonly #handlers = new Map<keyof Events, Set<(event: never) => void>>()

  on<T extends keyof Events>(type: T, handler: (event: Events[T]) => void): () => void {
    const handlers = this.#handlers.get(type) ?? new Set()
    this.#handlers.set(type, handlers)
    handlers.add(handler)
    return () => handlers.delete(handler)
  }

  emit<T extends keyof Events>(type: T, event: Events[T]): void {
    for (const handler of this.#handlers.get(type) ?? []) {
      try {
        ;(handler as (event: Events[T]) => void)(event)
      } catch (error) {
        reportError(error)
      }
    }
  }
}
