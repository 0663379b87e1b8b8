// PATCH /api/recordings/{id}: title, marks and trim, by the admin or who recorded. No byte of the media changes.
import { editRecording, type RecordingEdit } from '@holdfast/db'
import { HoldfastError, LIMITS } from '@holdfast/protocol'
import * as v from 'valibot'
import { checkInput } from '../http/json-body.ts'
import { metaOf } from '../store/store-record.ts'
import type { RecordingDeps } from './recording-routes.ts'
import { isStorable } from './storable-text.ts'

const ms = v.pipe(v.number(), v.safeInteger('must be whole milliseconds'), v.minValue(0))
const text = (maxChars: number) =>
  v.pipe(v.string(), v.maxLength(maxChars, `must have at most ${maxChars} characters`))

const Mark = v.object({ atMs: ms, label: v.exactOptional(text(LIMITS.maxMarkChars)) })

const EditBody = v.pipe(
  v.strictObject({
    title: v.exactOptional(v.nullable(text(LIMITS.maxTitleChars))),
    marks: v.exactOptional(
      v.pipe(
        v.array(Mark),
        v.maxLength(LIMITS.maxMarks, `must be at most ${LIMITS.maxMarks}`),
        v.transform((marks) => marks.toSorted((a, b) => a.atMs - b.atMs)),
      ),
    ),
    trim: v.exactOptional(
      v.nullable(
        v.pipe(
          v.object({ startMs: ms, endMs: ms }),
          v.check(({ startMs, endMs }) => startMs < endMs, 'must end after it starts'),
        ),
      ),
    ),
  }),
  v.check(
    (value) => isStorable(value),
    'must not hold the character U+0000 or half a surrogate pair',
  ),
)

type EditDeps = Pick<RecordingDeps, 'db' | 'store' | 'log'>

/** @throws HoldfastError `bad_request`, `recording_deleted` */
export async function editKnown({ db, store, log }: EditDeps, id: string, body: unknown) {
  const edit: RecordingEdit = checkInput(EditBody, body)
  if (Object.keys(edit).length === 0) throw new HoldfastError('bad_request', { message: NOTHING })
  const edited = await editRecording(db, id, edit)
  if (!edited) throw new HoldfastError('recording_deleted')
  const { row, editedAt } = edited
  log.info({ recordingId: id, fields: Object.keys(edit) }, 'recording edited')
  // R13: a ledger rebuilt from the segments knows it too. The ledger decides.
  if (row.chunkCount > 0) {
    await store.appendRecord(id, metaOf(row, editedAt)).catch((error: unknown) => {
      log.warn({ recordingId: id, error }, 'the edit stands in the ledger only')
    })
  }
  return row
}

const NOTHING = 'One of title, marks and trim must be given.'
