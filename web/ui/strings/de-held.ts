// What is asked about files that came from outside of the app, in German.
import type { heldWords as english } from './en-held.ts'
import type { Words } from './words.ts'

export const heldWords: Words<typeof english> = {
  heading: (count) =>
    count === 1 ? 'Die übergebene Datei behalten?' : `Die ${count} übergebenen Dateien behalten?`,
  hint: 'Eine andere App oder eine Website hat das hierher geschickt. Es liegt nur auf diesem Gerät: Zum Server geht nichts, bevor es behalten wird.',
  keep: 'Behalten und senden',
  keepOf: (name) => `${name} behalten und senden`,
  discardSure: 'Diese Datei verwerfen?',
  discardHint: 'Die Kopie auf diesem Gerät wird gelöscht. Gesendet wurde davon nichts.',
  discarded: 'Verworfen. Gesendet wurde davon nichts.',
  discardFailed: 'Sie konnte gerade nicht gelöscht werden. Bitte noch einmal versuchen.',
  refused: {
    not_media: 'Das ist keine WebM-, Matroska- oder MP4-Datei.',
    cut_off: 'Dieses MP4 ist abgeschnitten: Der Teil, der es abspielbar macht, fehlt.',
    unreadable:
      'Dieser Browser kann sie gerade nicht lesen. Sie bleibt hier; neu laden, um es noch einmal zu versuchen.',
    no_room:
      'Um sie von hier zu senden, ist zu wenig Platz. Sie bleibt; Platz schaffen, dann noch einmal versuchen.',
    not_stored:
      'Dieser Browser speichert gerade nichts. Sie bleibt hier; neu laden, um es noch einmal zu versuchen.',
    failed: 'Das hat nicht geklappt. Sie bleibt hier; bitte noch einmal versuchen.',
  },
}
