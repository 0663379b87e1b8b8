// Every sentence the interface says, in German. Nobody is addressed: what is to be done stands in the infinitive.
// Never claim more than an ack proves: "sicher" is only what the server confirmed. Imports no code of the page,
// which waits for this file.

import { fileWords } from './de-files.ts'
import { recordWords } from './de-record.ts'
import type { words as english } from './en.ts'
import type { Words } from './words.ts'

export { errorWords } from './de-errors.ts'

export const words: Words<typeof english> = {
  ...recordWords,
  ...fileWords,
  direction: 'ltr',
  app: {
    name: 'Holdfast',
    skip: 'Zu den Aufnahmen',
    skipTo: 'Zur Aufnahme',
    help: 'Tastatur und Hilfe',
    close: 'Schließen',
    done: 'Fertig',
    dismiss: 'Ausblenden',
    cancel: 'Abbrechen',
    tryAgain: 'Noch einmal versuchen',
  },
  connection: {
    connecting: 'Verbindet',
    websocket: 'Verbunden',
    http: 'Verbunden über HTTP',
    webtransport: 'WebTransport',
    away: 'Server nicht erreichbar',
    awayRecording:
      'Server nicht erreichbar. Die Aufnahme läuft weiter und wird auf diesem Gerät aufbewahrt.',
    notPersisted:
      'Der Browser kann das löschen, wenn die Festplatte voll wird, und ein privates Fenster vergisst es beim Schließen.',
    label: 'Verbindung',
  },
  library: {
    heading: 'Aufnahmen',
    empty: 'Noch nichts aufgenommen',
    emptyHint: 'Was aufgenommen wird, erscheint sofort hier und kann abgespielt werden.',
    loading: 'Aufnahmen werden geladen',
    unreachable:
      'Die Liste kann nicht geladen werden: Der Server antwortet nicht. Es wird von selbst noch einmal versucht.',
    stale: 'Der Server antwortet nicht: Das ist die Liste von vorhin.',
    closed: 'Dieser Server zeigt seine Liste nur seinem Administrator.',
    more: 'Mehr zeigen',
    loadingMore: 'Mehr wird geladen',
    moreFailed:
      'Der Rest kann gerade nicht geladen werden. Es wird von selbst noch einmal versucht.',
    search: 'Titel durchsuchen',
    clearSearch: 'Suche leeren',
    filter: 'Zeigen',
    filters: {
      all: 'Alle',
      ready: 'Fertig',
      incomplete: 'Mit Lücken',
      live: 'Läuft gerade',
      failed: 'Nicht fertig',
      empty: 'Leer',
    },
    order: 'Sortieren',
    orders: {
      newest: 'Neueste zuerst',
      oldest: 'Älteste zuerst',
      longest: 'Längste zuerst',
      largest: 'Größte zuerst',
      title: 'Nach Titel',
    },
    found: (count, digits) => (count === 1 ? '1 Aufnahme' : `${digits} Aufnahmen`),
    foundMore: (digits) => `Mehr als ${digits} Aufnahmen`,
    nothing: 'Nichts gefunden',
    nothingFor: (text) => `Kein Titel enthält „${text}“.`,
    nothingAmong: (text, filter) => `Kein Titel enthält „${text}“. Gesucht wurde in: ${filter}.`,
    nothingIs: (filter) => `Gezeigt wird nur: ${filter}. Davon gibt es keine.`,
    showAll: 'Alle Aufnahmen zeigen',
    untitled: 'Ohne Titel',
    download: 'Herunterladen',
    downloadOf: (title) => `${title} herunterladen`,
    downloadPartsOf: (title) => `Die Teile von ${title} herunterladen`,
    parts: (count) => `${count} Teile`,
    delete: 'Löschen',
    deleteOf: (title) => `${title} löschen`,
    deleted: (title) => `„${title}“ gelöscht`,
    deletedSay: (title) =>
      `${title} gelöscht. Das kann eine halbe Minute lang rückgängig gemacht werden.`,
    undo: 'Rückgängig',
    undoHint: 'Eine halbe Minute lang lässt sie sich zurückholen.',
    restored: (title) => `${title} ist wieder da`,
    deleteFailed: (title) =>
      `„${title}“ konnte nicht gelöscht werden. Bitte noch einmal versuchen.`,
    undoFailed: (title) => `Es war zu spät, „${title}“ zurückzuholen.`,
    readySay: (title) => `${title} kann abgespielt werden`,
  },
  status: {
    recording: 'Läuft',
    finalizing: 'Wird fertiggestellt',
    ready: 'Fertig',
    incomplete: 'Hat Lücken',
    failed: 'Nicht fertig',
    empty: 'Leer',
  },
  player: {
    parts: (count) => `In ${count} Teilen aufgenommen`,
    partsHint: 'Sie werden nacheinander abgespielt.',
    part: (number) => `Teil ${number}`,
    partNow: (number, count) => `Teil ${number} von ${count}`,
    partTitle: (title, number) => `${title}, Teil ${number}`,
    cannotPlayPart: (number) =>
      `Dieser Browser kann Teil ${number} nicht abspielen. Er lässt sich herunterladen.`,
    live: 'Live, mit einigen Sekunden Abstand.',
    goLive: 'Zum aktuellen Moment',
    noMedia: 'In dieser Aufnahme ist nichts, was abgespielt werden könnte.',
    cannotPlay: 'Dieser Browser kann die Aufnahme nicht abspielen. Sie lässt sich herunterladen.',
    receiptHint: 'Was der Server erhalten hat, signiert',
    finalizeFailed:
      'Sie kann jetzt nicht fertiggestellt werden. Es wird von selbst noch einmal versucht.',
  },
  recovery: {
    found: (count) =>
      count === 1
        ? 'Eine Aufnahme gefunden, die nicht ganz gesendet wurde'
        : `${count} Aufnahmen gefunden, die nicht ganz gesendet wurden`,
    sending: (count) =>
      count === 1 ? 'Sie wird von selbst gesendet.' : 'Sie werden von selbst gesendet.',
    away: (count) =>
      count === 1
        ? 'Sie bleibt auf diesem Gerät, bis der Server antwortet.'
        : 'Sie bleiben auf diesem Gerät, bis der Server antwortet.',
    partial:
      'Der Rest ist sicher auf dem Server. Was nicht gesendet werden konnte, bleibt auf diesem Gerät, bis es verworfen wird. Am besten eine Kopie sichern.',
    unreadable: (count) =>
      count === 1
        ? 'Eine Aufnahme auf diesem Gerät kann gerade nicht gelesen werden. Sie bleibt hier. Neu laden, um es noch einmal zu versuchen.'
        : `${count} Aufnahmen auf diesem Gerät können gerade nicht gelesen werden. Sie bleiben hier. Neu laden, um es noch einmal zu versuchen.`,
    refused: 'Der Server nimmt sie nicht an. Sie bleibt auf diesem Gerät, bis sie verworfen wird.',
    nothingHere: 'Auf diesem Gerät liegt nichts mehr davon.',
    done: 'Alles, was auf diesem Gerät gefunden wurde, ist jetzt sicher auf dem Server',
    left: (size) => `${size} zu senden`,
    kept: (size) => `${size} hier aufbewahrt`,
    localCopy: 'Das liegt noch auf diesem Gerät: was der Server noch nicht hat oder nicht annimmt.',
    playOf: (title) => `${title} abspielen`,
    keepCopy: 'Kopie sichern',
    keepCopyOf: (title) => `Kopie von ${title} sichern`,
    discard: 'Verwerfen',
    discardOf: (title) => `${title} verwerfen`,
    discardLater: 'Sie wird gerade gesendet, darum wurde nichts verworfen.',
    discardSure: 'Das Ungesendete verwerfen?',
    discardHint: 'Diese Bytes gibt es nur auf diesem Gerät. Sie können nicht zurückgeholt werden.',
    discardYes: 'Endgültig verwerfen',
  },
  update: {
    later: 'Neue Version bereit, nach dieser Aufnahme',
    ready: 'Eine neue Version ist bereit',
    now: 'Neu laden',
  },
  install: { offer: 'Als App installieren' },
  help: {
    heading: 'Tastatur und Hilfe',
    space: 'Leertaste',
    record: 'Aufnahme starten und beenden',
    pause: 'Pausieren und fortsetzen',
    mark: 'Während der Aufnahme diesen Moment markieren',
    search: 'Aufnahmen suchen',
    escape: 'Schließen, was offen ist; die Suche leeren; die Kamera ausschalten',
    help: 'Diese Hilfe zeigen',
    language: 'Sprache',
    languageLater: 'Gilt, sobald die Seite neu geladen wird.',
    status: 'Status des Servers',
    promiseHeading: 'Was „sicher“ bedeutet',
    promise:
      'Sichere Sekunden liegen auf der Festplatte des Servers und sind dort verzeichnet. Sie überstehen einen Absturz dieses Browsers, des Servers und des Netzes. Sekunden, die hier warten, liegen in diesem Browser und werden von selbst gesendet, auch nach einem Neustart. Die letzten zwei Sekunden vor einem Absturz können verloren gehen.',
  },
  tab: {
    recording: (clock) => `● ${clock}`,
    paused: (clock) => `Pausiert ${clock}`,
    saving: 'Wird gesichert',
  },
}
