// What the page of a recording says, in German.
import type { pageWords as english } from './en-page.ts'
import type { Words } from './words.ts'

const chunks = (count: number, digits: string) =>
  count === 1 ? '1 Abschnitt' : `${digits} Abschnitte`

export const pageWords: Words<typeof english> = {
  back: 'Aufnahmen',
  loading: 'Die Aufnahme wird geladen …',
  verdict: {
    safe: 'Alles ist sicher auf dem Server',
    safeHint: 'Jeder Abschnitt ist bestätigt, und die Datei ist fertig.',
    arrived: 'Alles, was ankam, ist sicher auf dem Server',
    arrivedHint:
      'Jeder Abschnitt, der ankam, ist bestätigt. Die Aufnahme endete ohne Stopp: Was das Gerät noch hat, kommt von selbst dazu.',
    gaps: (missing) => `Nicht vollständig: Es fehlen insgesamt ${missing}`,
    gapsAt: (places) => `Lücken bei ${places}.`,
    gapsSome: 'Nicht vollständig: Ein Teil davon fehlt',
    gapsHint:
      'Der Rest ist sicher. Diese App auf dem Gerät öffnen, das aufgenommen hat: Was es noch hat, wird von selbst gesendet und ergibt die nächste Fassung.',
    recording: (clock) => `Wird aufgenommen: ${clock} sicher auf dem Server`,
    recordingStart: 'Wird aufgenommen: Noch ist nichts angekommen',
    recordingHint: 'Was sicher ist, lässt sich schon abspielen.',
    finalizing: 'Was ankam, ist sicher; die Datei wird zusammengesetzt',
    finalizingHint: 'Das dauert einen Moment. Die Seite darf geschlossen werden.',
    pending: 'Es kam noch etwas; die nächste Fassung wird zusammengesetzt',
    pendingHint: 'Bis dahin wird die Fassung davor abgespielt.',
    failed: 'Was ankam, ist sicher, aber die Datei konnte nicht zusammengesetzt werden',
    failedHint: 'Es wird von selbst noch einmal versucht. Nichts wurde gelöscht.',
    failedWhy: (reason) => `Der Grund: ${reason}`,
    empty: 'Es wurde nichts aufgenommen',
    emptyHint:
      'Die Aufnahme endete, bevor der Server etwas bekam. Hat das Gerät noch etwas, wird es von selbst gesendet, sobald diese App dort geöffnet wird.',
    device: (size) => `${size} liegen nur auf diesem Gerät`,
    deviceHint: 'Sie werden von selbst gesendet. Bis dahin die Daten dieses Browsers behalten.',
    deviceAwayHint:
      'Sie werden gesendet, sobald der Server antwortet. Bis dahin die Daten dieses Browsers behalten.',
    deviceElsewhere:
      'Ein anderer Tab oder ein anderes Fenster dieses Browsers nimmt auf oder sendet.',
    deviceEmpty: 'Auf diesem Gerät wartet nichts davon',
    deviceEmptyHint: 'Soweit dieses Gerät weiß, hat der Server alles.',
    deviceStuck: 'Sie lassen sich nicht senden. Am besten vor dem Verwerfen eine Kopie sichern.',
    away: 'Der Server antwortet nicht. Was zu sehen ist, ist von vorher.',
  },
  missing: {
    unknown: 'Diese Aufnahme gibt es nicht',
    unknownHint:
      'Vielleicht enthält die Adresse einen Tippfehler, oder die Aufnahme wurde endgültig gelöscht.',
    deleted: 'Diese Aufnahme wurde gelöscht',
    deletedHint: 'Bild und Ton sind gelöscht oder werden es in der nächsten halben Minute.',
    closed: 'Diese Aufnahme ist hier nicht freigegeben',
    closedHint: 'Wer diesen Server betreibt, kann einen Link dazu geben.',
    expired: 'Dieser Link ist abgelaufen',
    expiredHint:
      'Links gelten nur eine begrenzte Zeit. Einen neuen gibt es dort, wo dieser herkam.',
    away: 'Der Server antwortet nicht',
    awayHint: 'Diese Seite versucht es von selbst weiter. Was auf dem Server liegt, bleibt dort.',
  },
  device: {
    place: 'auf diesem Gerät',
    away: 'Der Server antwortet nicht. Zu sehen ist, was auf diesem Gerät liegt; das Übrige kommt, sobald er antwortet.',
    unknown: 'Der Server kennt diese Aufnahme nicht. Zu sehen ist, was auf diesem Gerät liegt.',
    deleted:
      'Diese Aufnahme wurde auf dem Server gelöscht. Zu sehen ist, was auf diesem Gerät liegt.',
    closed:
      'Diese Aufnahme ist auf dem Server nicht freigegeben. Zu sehen ist, was auf diesem Gerät liegt.',
  },
  bar: {
    label: 'Die laufende Aufnahme',
    ready: 'Kamera oder Mikrofon ist an. Es wird nichts aufgenommen.',
    recording: (title) => `„${title}“ wird aufgenommen`,
    recordingUntitled: 'Es wird aufgenommen',
    paused: (title) => `„${title}“ ist pausiert`,
    pausedUntitled: 'Die Aufnahme ist pausiert',
    saving: 'Die letzten Sekunden werden gesendet',
    go: 'Anzeigen',
  },
  player: {
    label: (title) => `Wiedergabe: ${title}`,
    beginning: 'Anfang',
    mark: (number) => `Marke ${number}`,
    marks: 'Marken',
    rate: 'Tempo {playbackRate}x',
    trim: (from, to) => `Abgespielt wird ${from} bis ${to}`,
    seconds: (count) => `${count}\u00a0s`,
  },
  waveform: {
    making: 'Der Ton wird gezeichnet.',
    loud: (clock) => `Ton von Anfang bis Ende, ${clock} lang.`,
    silent: 'Es gibt eine Tonspur, aber es ist nichts zu hören.',
    partly: (silent, clock) => `Ton, ${clock} lang; davon ist ${silent} nichts zu hören.`,
    seek: 'Die Stelle lässt sich mit dem Schieber der Wiedergabe wählen.',
  },
  story: {
    heading: 'Verlauf',
    loading: 'Der Verlauf wird geladen …',
    away: 'Der Verlauf kann gerade nicht geladen werden.',
    created: 'Angelegt',
    take: 'Die Aufnahme begann',
    nextTake: 'Die Aufnahme ging weiter',
    returned: (away) => `War ${away} getrennt und kam zurück`,
    stopped: {
      user: 'Beendet',
      pagehide: 'Durch Schließen der Seite beendet',
      error: 'Durch einen Fehler beendet',
    },
    late: (count, digits) => `${chunks(count, digits)} ${count === 1 ? 'kam' : 'kamen'} verspätet`,
    ready: (version) =>
      version === 1 ? 'Vollständig und abspielbar' : `Fassung ${version}: vollständig`,
    incomplete: (version, gaps) =>
      `${version === 1 ? 'Abspielbar' : `Fassung ${version}: abspielbar`}, mit ${gaps === 1 ? '1 Lücke' : `${gaps} Lücken`}`,
    why: {
      stop: '',
      pagehide: 'Die Seite wurde geschlossen.',
      disconnect: 'Während der Wartezeit kam kein Lebenszeichen, darum hat der Server sie beendet.',
      reconcile: 'Im Speicher wiedergefunden.',
      admin: 'Von Hand fertiggestellt.',
    },
    length: (clock) => `${clock} lang.`,
    empty: 'Endete leer',
    failed: (attempt) => `Konnte nicht fertiggestellt werden, Versuch ${attempt}`,
    made: {
      export: {
        done: 'MP4 erstellt',
        failed: 'Das MP4 konnte nicht erstellt werden',
        cancelled: 'MP4 abgebrochen',
      },
      thumbnail: {
        done: 'Bild erstellt',
        failed: 'Es konnte kein Bild erstellt werden',
        cancelled: 'Bild abgebrochen',
      },
      waveform: {
        done: 'Ton gezeichnet',
        failed: 'Der Ton konnte nicht gezeichnet werden',
        cancelled: 'Zeichnen des Tons abgebrochen',
      },
      posters: {
        done: 'Bilder erstellt',
        failed: 'Es konnten keine Bilder erstellt werden',
        cancelled: 'Bilder abgebrochen',
      },
    },
    deleted: 'Gelöscht',
    restored: 'Zurückgeholt',
    after: (time) => `+${time}`,
  },
  chunks: {
    heading: 'Abschnitte',
    hint: 'Ein Abschnitt ist etwa eine Sekunde. Jedes Feld ist einer.',
    take: (number) => `Durchgang ${number}`,
    places: {
      safe: 'sicher auf dem Server',
      flight: 'unterwegs',
      device: 'auf diesem Gerät',
      missing: 'fehlen',
      unknown: 'nicht aufgeführt',
    },
    count: (digits, place) => `${digits} ${place}`,
    missingAre: (ranges) => `Es fehlen: ${ranges}.`,
    andMore: ' und weitere',
    cell: (number, place) => `Abschnitt ${number}: ${place}`,
    moreTakes: (digits) => `${digits} weitere Durchgänge sind nicht gezeichnet.`,
    none: 'Noch ist kein Abschnitt angekommen.',
  },
  actions: {
    heading: 'Aktionen',
    receipt: 'Beleg',
    finishNow: 'Jetzt fertigstellen',
    finishAgain: 'Noch einmal fertigstellen',
    finishAgainHint: 'Setzt die Datei aus dem Gespeicherten neu zusammen',
    finished: 'Neu zusammengesetzt',
    undone: 'Löschen rückgängig machen',
  },
  recover: {
    heading: 'Auf diesem Gerät',
  },
}
