// What can be done with a recording once it is saved, in German.
import type { afterWords as english } from './en-after.ts'
import type { Words } from './words.ts'

export const afterWords: Words<typeof english> = {
  rename: {
    open: 'Umbenennen',
    label: 'Titel',
    hint: 'Wird beim Verlassen des Feldes gesichert.',
    saved: 'Titel gesichert',
    failed: (reason) => `Der Titel wurde nicht gesichert: ${reason}`,
  },
  trim: {
    open: 'Kürzen',
    heading: 'Was abgespielt wird',
    start: 'Beginnt bei',
    end: 'Endet bei',
    startHere: 'Hier beginnen',
    endHere: 'Hier enden',
    whole: 'Alles abspielen',
    kept: (from, to, length) => `Abgespielt wird ${from} bis ${to}, ${length} lang.`,
    all: 'Alles wird abgespielt.',
    hint: 'Nichts wird weggeschnitten: Die Datei bleibt ganz, und das hier lässt sich jederzeit ändern.',
    saved: 'Gesichert',
    failed: (reason) => `Das wurde nicht gesichert: ${reason}`,
  },
  download: {
    open: 'Herunterladen',
    heading: 'Herunterladen als',
    asRecorded: 'Wie es aufgenommen wurde',
    asMp4: 'Für Programme, die MP4 brauchen',
    file: (kind, size) => `${kind}, ${size}`,
  },
  mp4: {
    ask: 'MP4 erstellen',
    askHint: 'Es wird zuerst auf dem Server erstellt. Dann steht seine Größe fest.',
    making: 'Das MP4 wird erstellt',
    waiting: 'Das MP4 wartet, bis es an der Reihe ist',
    progress: (percent) => `Das MP4 wird erstellt: ${percent}\u00a0%`,
    cancel: 'Abbrechen',
    failed: 'Das MP4 konnte nicht erstellt werden.',
    missing: 'Kein MP4: Dieser Server hat kein ffmpeg.',
  },
  link: {
    open: 'Link',
    heading: 'Wer den Link hat, kann diese Aufnahme ansehen, und sonst nichts.',
    works: 'Gilt für',
    hours: { 1: '1 Stunde', 24: '1 Tag', 168: '7 Tage' },
    copy: 'Link kopieren',
    share: 'Teilen',
    address: 'Link',
    copied: (until) => `Kopiert. Er gilt bis: ${until}.`,
    copiedInstead: (until) =>
      `Dieses Gerät hat ihn nicht geteilt: Der Link wurde stattdessen kopiert. Er gilt bis: ${until}.`,
    made: (until) => `Der Link gilt bis: ${until}.`,
    byHand: 'Dieser Browser lässt die Seite nicht kopieren. Bitte aus dem Feld kopieren.',
    failed: (reason) => `Es wurde kein Link erstellt: ${reason}`,
    onlyHere: 'Dieser Server läuft auf diesem Computer: Der Link öffnet sich nur hier.',
  },
  noAnswer: 'Der Server antwortet nicht. Bitte noch einmal versuchen.',
}
