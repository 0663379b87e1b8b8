// What is still on this device of a recording: how much, how far the sending is, and what can be done.
import { UnsentRow } from '../recovery/unsent-row.tsx'
import type { OtherUpload } from '../store/uploads.ts'
import { pageWords } from '../strings/page-words.ts'

export function DevicePart({ one }: { one: OtherUpload }) {
  return (
    <section class="page-part device-part" aria-labelledby="device-heading">
      <h2 id="device-heading">{pageWords.recover.heading}</h2>
      <ul>
        <UnsentRow one={one} />
      </ul>
    </section>
  )
}
