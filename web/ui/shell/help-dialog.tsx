// The keys, and what "safe" means exactly.
import { t } from '../strings/strings.ts'
import { Dialog } from './dialog.tsx'
import { isHelpOpen } from './help-open.ts'
import { LanguageChoice } from './language-choice.tsx'

const KEYS: readonly (readonly [keys: readonly string[], text: string])[] = [
  [[t.help.space, 'R'], t.help.record],
  [['P'], t.help.pause],
  [['M'], t.help.mark],
  [['/'], t.help.search],
  [['Esc'], t.help.escape],
  [['?'], t.help.help],
]

export function HelpDialog() {
  if (!isHelpOpen.value) return null
  const close = () => {
    isHelpOpen.value = false
  }
  return (
    <Dialog heading={t.help.heading} size="small" onClose={close}>
      <dl class="keys">
        {KEYS.map(([keys, text]) => (
          <div class="key-row" key={text}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <h3 class="help-more">{t.help.promiseHeading}</h3>
      <p class="soft">{t.help.promise}</p>
      <LanguageChoice />
      <p>
        <a class="button" href="/status">
          {t.help.status}
        </a>
      </p>
    </Dialog>
  )
}
