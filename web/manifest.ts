// What the installer and the system are told of the app. Chromium takes the `_localized` words of the language that it speaks
// itself when it installs the app; other browsers know only the English.
import type { Language } from './ui/store/preferences.ts'

type Localized = Readonly<Record<Exclude<Language, 'en'>, string>>
type Named = { readonly name: string; readonly name_localized: Localized }

const shortcut = (words: Named, { url, icon }: { url: string; icon: string }) => ({
  ...words,
  url,
  icons: [{ src: `/icons/shortcut-${icon}.png`, sizes: '96x96', type: 'image/png' }],
})

const SHARED_TYPES = ['video/*', 'audio/*', '.webm', '.mkv', '.mp4', '.m4a', '.mov']

export const manifest = {
  id: '/',
  lang: 'en',
  dir: 'ltr' as const,
  name: 'Holdfast',
  short_name: 'Holdfast',
  description: 'Records camera, microphone and screen, and does not lose it.',
  description_localized: {
    de: 'Nimmt Kamera, Mikrofon und Bildschirm auf und verliert nichts davon.',
  } satisfies Localized,
  start_url: '/',
  scope: '/',
  display: 'standalone' as const,
  background_color: '#f7f6f3',
  theme_color: '#f7f6f3',
  categories: ['productivity', 'utilities'],
  shortcuts: [
    shortcut(
      { name: 'Record camera', name_localized: { de: 'Kamera aufnehmen' } },
      { url: '/?record=camera', icon: 'camera' },
    ),
    shortcut(
      { name: 'Record screen', name_localized: { de: 'Bildschirm aufnehmen' } },
      { url: '/?record=screen', icon: 'screen' },
    ),
    shortcut(
      { name: 'Recordings', name_localized: { de: 'Aufnahmen' } },
      { url: '/#library', icon: 'library' },
    ),
  ],
  // Answered by the service worker: what is shared is on this device before the page is shown.
  share_target: {
    action: '/share',
    method: 'POST' as const,
    enctype: 'multipart/form-data',
    params: { files: [{ name: 'media', accept: SHARED_TYPES }] },
  },
  icons: [
    { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
    { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
    {
      src: '/icons/maskable-512.png',
      sizes: '512x512',
      type: 'image/png',
      purpose: 'maskable' as const,
    },
  ],
}
