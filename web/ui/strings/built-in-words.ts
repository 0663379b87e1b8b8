// The few sentences that come with the page itself, in every language: what is said when no language can be fetched.
import type { Language } from '../store/preferences.ts'

type BuiltIn = {
  readonly heading: string
  readonly hint: string
  readonly tryAgain: string
  readonly stillAway: string
}

export const BUILT_IN: Readonly<Record<Language, BuiltIn>> = {
  en: {
    heading: 'This page could not be loaded',
    hint: 'A part of it did not come from the server. What was recorded on this device stays here, untouched.',
    tryAgain: 'Try again',
    stillAway: 'The server does not answer yet.',
  },
  de: {
    heading: 'Diese Seite konnte nicht geladen werden',
    hint: 'Ein Teil davon kam nicht vom Server. Was auf diesem Gerät aufgenommen wurde, bleibt unverändert hier.',
    tryAgain: 'Noch einmal versuchen',
    stillAway: 'Der Server antwortet noch nicht.',
  },
}
