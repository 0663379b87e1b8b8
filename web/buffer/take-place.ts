// Owns the question whose number a take's number is. A page that could not read the buffer in time numbers its
// takes for free: two takes may claim one number, and then the later one moves. What began when tells them apart.
import type { TakeRow } from './rows.ts'

/**
 * @param takes those whose numbers are taken, of the same recording
 * @returns `take` as it lies among them: under its own number, or under the next free one, here and on the wire
 */
export function placeTake(take: TakeRow, takes: readonly TakeRow[]): TakeRow {
  const same = takes.find(({ startedAt }) => startedAt === take.startedAt)
  if (same) return { ...take, take: same.take, wire: same.wire }
  if (!takes.some((one) => one.take === take.take)) return take
  const used = [take, ...takes].flatMap((one) => [one.take, one.wire])
  const next = Math.max(...used) + 1
  return { ...take, take: next, wire: next }
}
