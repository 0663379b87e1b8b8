// Chooses the language. The words are read when the page is loaded, so it is loaded again; a recording is never
// interrupted for that.
import { useId } from 'preact/hooks'
import { phase } from '../store/phase.ts'
import { LANGUAGES, type Language, prefer, preferences } from '../store/preferences.ts'
import { LANGUAGE_NAMES } from '../strings/language.ts'
import { t } from '../strings/strings.ts'

/** Nothing is open, recorded or on its way to be sent. */
const isAtRest = () => phase.value === 'idle' || phase.value === 'problem' || phase.value === 'safe'

function choose(chosen: Language): void {
  prefer({ language: chosen })
  if (chosen !== t.language && isAtRest()) location.reload()
}

export function LanguageChoice() {
  const headingId = useId()
  const chosen = preferences.value.language ?? t.language
  return (
    <>
      <h3 class="help-more" id={headingId}>
        {t.help.language}
      </h3>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset's legend is no heading */}
      <div class="actions" role="group" aria-labelledby={headingId}>
        {LANGUAGES.map((one) => (
          <button
            key={one}
            type="button"
            lang={one}
            class="button"
            aria-pressed={one === chosen}
            onClick={() => choose(one)}
          >
            {LANGUAGE_NAMES[one]}
          </button>
        ))}
      </div>
      {chosen !== t.language && (
        <p class="soft" role="status">
          {t.help.languageLater}
        </p>
      )}
    </>
  )
}
