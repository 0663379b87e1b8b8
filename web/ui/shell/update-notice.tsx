// "Update ready": offered when it disturbs nothing, announced as later while it would.
import { computed } from '@preact/signals'
import { copying } from '../store/added-files.ts'
import { isOver, phase } from '../store/phase.ts'
import { sendingOthers } from '../store/uploads.ts'
import { t } from '../strings/strings.ts'
import { isUpdateReady, updateNow } from './app-update.ts'
import { Notice } from './notice.tsx'

const isBusy = computed(
  () =>
    (!isOver.value && !['idle', 'problem'].includes(phase.value)) ||
    sendingOthers.value.length + copying.value.length > 0,
)

export function UpdateNotice() {
  if (!isUpdateReady.value) return null
  if (isBusy.value) return <Notice>{t.update.later}</Notice>
  const action = { label: t.update.now, run: () => void updateNow() }
  return <Notice action={action}>{t.update.ready}</Notice>
}
