// A job as readers of its recording see it.
import type { ReadJob } from '@holdfast/db'

export function viewJob({ kind, version, status, progress, made, errorCode }: ReadJob) {
  return {
    job: kind,
    version,
    status,
    progress,
    /** Of the made file, once it is there. */
    bytes: made?.file ? made.bytes : null,
    code: status === 'failed' || status === 'cancelled' ? errorCode : null,
  }
}
