// What is said of files that are added from disk or shared with the app, in German.
import type { fileWords as english } from './en-files.ts'
import type { Words } from './words.ts'

export const fileWords: Words<typeof english> = {
  files: {
    add: 'Video- oder Audiodatei hinzufügen',
    drop: 'Hier ablegen, um sie hinzuzufügen',
    sharedNone: 'Es wurde nichts geteilt, was hinzugefügt werden kann.',
    copying: (count) =>
      count === 1
        ? 'Die Datei wird auf dieses Gerät kopiert'
        : `${count} Dateien werden auf dieses Gerät kopiert`,
    copyingHint:
      'Diese Seite offen lassen, bis die Kopie hier ist. Danach wird sie von selbst gesendet.',
    sending: (count) =>
      count === 1 ? 'Eine Datei wird gesendet' : `${count} Dateien werden gesendet`,
    sendingHint:
      'Eine Kopie ist auf diesem Gerät. Wird diese Seite geschlossen, wird der Rest beim nächsten Besuch gesendet.',
    refusedHeading: (count) =>
      count === 1
        ? 'Die Datei wurde nicht hinzugefügt'
        : `${count} Dateien wurden nicht hinzugefügt`,
    refused: {
      not_media: 'Das ist keine WebM-, Matroska- oder MP4-Datei.',
      cut_off:
        'Dieses MP4 ist abgeschnitten: Der Teil, der es abspielbar macht, fehlt. Das Original bitte behalten.',
      unreadable:
        'Sie kann nicht gelesen werden. Wurde sie verschoben oder geändert? Bitte noch einmal auswählen.',
      no_room:
        'Für eine Kopie ist auf diesem Gerät kein Platz. Platz schaffen, dann noch einmal versuchen.',
      not_stored:
        'Dieser Browser speichert hier nichts (ein privates Fenster?), deshalb wurde nichts hinzugefügt.',
      failed: 'Das hat nicht geklappt. Bitte noch einmal auswählen.',
    },
    long: (clock) => `${clock} lang`,
    safePart: (percent) => `${percent}\u00a0% sicher auf dem Server`,
  },
}
