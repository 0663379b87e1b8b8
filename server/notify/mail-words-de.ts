// The e-mails in German: without addressing anybody, as on the page.
import type { MailWords } from './mail-words.ts'

const UNSTOPPED =
  'Niemand hat Stopp gedrückt: die Seite wurde geschlossen, oder ihre Verbindung ging verloren.'

const long = (length: string | null) =>
  length === null ? 'Wie lang sie ist, ist noch nicht bekannt.' : `Länge: ${length}.`

export const germanMail: MailWords = {
  titled: (title) => `„${title}“`,
  untitled: (day) => `Aufnahme vom ${day}`,
  day: (date) => {
    const [year, month, day] = date.toISOString().slice(0, 10).split('-')
    return `${day}.${month}.${year}, ${date.toISOString().slice(11, 16)} Uhr (UTC)`
  },
  finished: ({ name, length, missing }) => ({
    subject: `Gespeichert: ${name}`,
    lines: [
      UNSTOPPED,
      `Holdfast hat die Aufnahme selbst abgeschlossen: ${name}. ${long(length)}`,
      missing,
    ],
  }),
  incomplete: ({ name, length, missing }) => ({
    subject: `Gespeichert, ein Teil fehlt: ${name}`,
    lines: [
      `Holdfast hat die Aufnahme gespeichert: ${name}. ${long(length)}`,
      missing,
      'Der fehlende Teil kann noch auf dem Gerät liegen, mit dem aufgenommen wurde. Wird die Seite dort einmal geöffnet, sendet sie ihn.',
    ],
  }),
  late: ({ name, length, missing }) => ({
    subject: `Nachgereicht: ${name}`,
    lines: [
      `Was ein Gerät noch behalten hatte, ist später angekommen: ${name}. Die Aufnahme wurde neu zusammengesetzt. ${long(length)}`,
      missing,
    ],
  }),
  failed: ({ name, reason }) => ({
    subject: `Noch nicht abgeschlossen: ${name}`,
    lines: [
      `Alles, was angekommen ist, ist gespeichert: ${name}. Nur die Datei konnte noch nicht erstellt werden (${reason})`,
      'Es wird von selbst weiter versucht. Bleibt es dabei, steht der Grund im Protokoll des Servers.',
    ],
  }),
  nothingMissing: 'Es fehlt nichts.',
  missing: (places, more) =>
    `Es fehlt: ${places.join(', ')}${more > 0 ? ` und ${more} weitere Stellen` : ''}.`,
  beginning: 'der Anfang',
  endFrom: (clock) => `das Ende ab ${clock}`,
  between: (from, to) => `${from} bis ${to}`,
  watch: 'Ansehen',
  open: 'Holdfast öffnen',
  recorded: (day) => `Mit Holdfast aufgenommen am ${day}.`,
  worksUntil: (day) => `Der Link gilt bis ${day}.`,
}
