// The player's controls, media-chrome, as this app's content policy takes them. They bring their styles as <style> elements
// inside their shadow trees, which `style-src 'self'` refuses. Here each class gives its styles as a sheet of its own, and an
// empty <style> is left in its place: the controls write their positions into that one (the policy names the digest of the
// empty text, so an empty one is all it lets in).

import MediaChromeButton from 'media-chrome/media-chrome-button'
import MediaChromeRange from 'media-chrome/media-chrome-range'
import MediaControlBar from 'media-chrome/media-control-bar'
import MediaController from 'media-chrome/media-controller'
import 'media-chrome/media-fullscreen-button'
import MediaGestureReceiver from 'media-chrome/media-gesture-receiver'
import MediaLoadingIndicator from 'media-chrome/media-loading-indicator'
import 'media-chrome/media-mute-button'
import 'media-chrome/media-pip-button'
import 'media-chrome/media-play-button'
import 'media-chrome/media-playback-rate-button'
import MediaPreviewThumbnail from 'media-chrome/media-preview-thumbnail'
import 'media-chrome/media-seek-backward-button'
import 'media-chrome/media-seek-forward-button'
import MediaTextDisplay from 'media-chrome/media-text-display'
import 'media-chrome/media-time-display'
import 'media-chrome/media-time-range'
import MediaTooltip from 'media-chrome/media-tooltip'
import 'media-chrome/media-volume-range'
import { addTranslation, setLanguage } from 'media-chrome/utils/i18n'
import { loadWords } from '../strings/load-words.ts'
import { pageWords } from '../strings/page-words.ts'
import { t } from '../strings/strings.ts'

type Template = (attributes: Record<string, string>, properties?: object) => string

/** What every class of theirs that has a shadow tree offers. */
type Control = CustomElementConstructor & { getTemplateHTML: Template }

/** Those that define a tree; all others inherit one of these. */
const CONTROLS = [
  ...[MediaController, MediaChromeButton, MediaChromeRange, MediaControlBar, MediaGestureReceiver],
  ...[MediaLoadingIndicator, MediaPreviewThumbnail, MediaTextDisplay, MediaTooltip],
] as unknown as readonly Control[]

const STYLE = /<style>([\s\S]*?)<\/style>/g
/** A tree that is written inside another one: without it the element makes its own. */
const INNER_TREE = /<template shadowrootmode[\s\S]*?<\/template>/g

const sheets = new Map<CustomElementConstructor, CSSStyleSheet>()

function sheetOf(control: Control, template: Template): CSSStyleSheet {
  const known = sheets.get(control)
  if (known) return known
  const html = template.call(control, {}).replace(INNER_TREE, '')
  const sheet = new CSSStyleSheet()
  const rules = [...html.matchAll(STYLE)].map(([, css]) => css).join('\n')
  // A layer gives way to what is in none: to the positions, whose sheet comes before this one.
  sheet.replaceSync(`@layer { ${rules} }`)
  sheets.set(control, sheet)
  return sheet
}

function adapt(control: Control): void {
  const template = control.getTemplateHTML
  control.getTemplateHTML = function (this: Control, attributes, properties) {
    const html = template.call(this, attributes, properties).replace(INNER_TREE, '')
    return `<style></style>${html.replace(STYLE, '')}`
  }
  control.prototype.attachShadow = function (this: HTMLElement, options: ShadowRootInit) {
    const root = HTMLElement.prototype.attachShadow.call(this, options)
    root.adoptedStyleSheets = [sheetOf(this.constructor as Control, template)]
    return root
  }
}

// Before the first of them is made.
for (const control of CONTROLS) adapt(control)
const { language } = await loadWords<unknown>(t.language, {
  en: async () => undefined,
  de: () => import('media-chrome/lang/de'),
})
// What is seen of a control is in its name: `1.5x`. All else is said as they say it in that language.
addTranslation(`${language}-seen`, { 'Playback rate {playbackRate}': pageWords.player.rate })
setLanguage(`${language}-seen`)
