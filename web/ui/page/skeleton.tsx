// The place of what is being fetched, so that nothing jumps when it comes.
import { pageWords } from '../strings/page-words.ts'

export function Skeleton() {
  return (
    <div class="skeleton">
      <p class="unseen" role="status">
        {pageWords.loading}
      </p>
      <span class="bone bone-title" />
      <span class="bone bone-verdict" />
      <span class="bone bone-player" />
    </div>
  )
}
