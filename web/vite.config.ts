// Builds the PWA into web/dist as plain static files that a strict content policy can serve:
// no inline script, no inline style, nothing from another origin.
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const shortcutIcon = (name: string) => ({
  src: `/icons/shortcut-${name}.png`,
  sizes: '96x96',
  type: 'image/png',
})

const SHARED_TYPES = ['video/*', 'audio/*', '.webm', '.mkv', '.mp4', '.m4a', '.mov']

const pwa = VitePWA({
  strategies: 'injectManifest',
  srcDir: 'worker',
  filename: 'service-worker.ts',
  // The page registers the worker itself: it must know when an update may interrupt nothing.
  injectRegister: null,
  // What the page needs offline. The large icons are the installer's, once.
  includeManifestIcons: false,
  // It is registered as a classic script, which must not say `import.meta`: what imports something later brings that.
  injectManifest: { globPatterns: ['**/*.{html,js,css,svg}'], rollupFormat: 'iife' },
  manifest: {
    id: '/',
    name: 'Holdfast',
    short_name: 'Holdfast',
    description: 'Records camera, microphone and screen, and does not lose it.',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#f7f6f3',
    theme_color: '#f7f6f3',
    categories: ['productivity', 'utilities'],
    shortcuts: [
      { name: 'Record camera', url: '/?record=camera', icons: [shortcutIcon('camera')] },
      { name: 'Record screen', url: '/?record=screen', icons: [shortcutIcon('screen')] },
      { name: 'Recordings', url: '/#library', icons: [shortcutIcon('library')] },
    ],
    // Answered by the service worker: what is shared is on this device before the page is shown.
    share_target: {
      action: '/share',
      method: 'POST',
      enctype: 'multipart/form-data',
      params: { files: [{ name: 'media', accept: SHARED_TYPES }] },
    },
    icons: [
      { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  },
})

export default defineConfig({
  root: import.meta.dirname,
  plugins: [pwa],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // A data: URI would be another kind of source for the content policy to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 150,
    rolldownOptions: {
      // One request for what the first look needs: otherwise each module that a later part shares is its own.
      output: { codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] } },
    },
  },
})
