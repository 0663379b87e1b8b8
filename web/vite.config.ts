// Builds the PWA into web/dist as plain static files that a strict content policy can serve:
// no inline script, no inline style, nothing from another origin.
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { manifest } from './manifest.ts'

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
  manifest,
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
      output: {
        codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] },
        // The server knows the words of each language by this name, and has the browser fetch them with the page.
        chunkFileNames: ({ facadeModuleId }) =>
          `assets/${/\/ui\/strings\/..\.ts$/.test(facadeModuleId ?? '') ? 'words.' : ''}[name]-[hash].js`,
      },
    },
  },
})
