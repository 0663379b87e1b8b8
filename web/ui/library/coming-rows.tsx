// The places of rows that are not there yet, as large as they will be.
import { t } from '../strings/strings.ts'

const COUNT = 6

export function ComingRows() {
  return (
    <>
      <p class="unseen" role="status">
        {t.library.loading}
      </p>
      <div class="rows" aria-hidden="true">
        {Array.from({ length: COUNT }, (_, at) => (
          <div class="row is-coming" key={at}>
            <span class="coming-picture" />
            <span class="coming-words">
              <span />
              <span />
              <span />
            </span>
          </div>
        ))}
      </div>
    </>
  )
}
