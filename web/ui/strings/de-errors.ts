// What went wrong, in German, by the code of the contract or of the library.
import type { AllErrorWords } from './error-words.ts'

export const errorWords: AllErrorWords = {
  buffer_full:
    'Die Festplatte ist voll: Was noch nicht gesendet ist, wartet im Arbeitsspeicher. Diese Seite offen lassen.',
  buffer_slow:
    'Die Festplatte ist zu langsam: Was sie noch nicht angenommen hat, wartet im Arbeitsspeicher. Diese Seite offen lassen.',
  buffer_unavailable:
    'Dieser Browser speichert hier nichts: Was noch nicht gesendet ist, wartet im Arbeitsspeicher. Diese Seite offen lassen.',
  recorder_failed:
    'Der Browser hat das Aufnehmen abgebrochen. Was bis dahin aufgenommen war, bleibt.',
  sender_missing:
    'Was sendet, ist noch nicht geladen. Alles bleibt auf diesem Gerät und wird gesendet, sobald es da ist.',
  chunk_lost: 'Ein Abschnitt, der auf diesem Gerät lag, ist nicht mehr da.',
  chunk_unreadable:
    'Ein Abschnitt, der auf diesem Gerät liegt, kann gerade nicht gelesen werden. Neu laden, um es noch einmal zu versuchen.',
  bad_frame: 'Der Server versteht nicht, was ihm gesendet wird. Die Seite neu laden.',
  version_unsupported: 'Der Server spricht eine andere Version. Die Seite neu laden.',
  frame_too_large: 'Eine Nachricht ist größer, als der Server erlaubt.',
  window_exceeded: 'Zu viel ist noch unbestätigt. Es geht weiter, sobald Quittungen kommen.',
  chunk_too_large: 'Ein Abschnitt ist größer, als der Server erlaubt.',
  body_too_large: 'Auf einmal wurde mehr gesendet, als der Server erlaubt.',
  digest_mismatch: 'Ein Abschnitt kam verändert an. Er wird noch einmal gesendet.',
  take_unknown: 'Dieser Durchgang war dem Server nicht angekündigt. Er wird noch einmal gesendet.',
  take_conflict: 'Unter dieser Nummer liegt auf dem Server ein anderer Durchgang.',
  chunk_conflict:
    'Unter dieser Nummer liegt auf dem Server ein anderer Abschnitt. Beide werden aufbewahrt.',
  not_stored: 'Dieser Abschnitt ist nicht auf dem Server. Er wird gesendet.',
  recording_full: 'Die Aufnahme hat ihre Höchstgröße erreicht. Eine neue beginnen.',
  unavailable:
    'Datenbank oder Speicher des Servers sind gerade nicht erreichbar. Gleich noch einmal versuchen.',
  shutting_down: 'Der Server wird gerade beendet. Gleich wird neu verbunden.',
  too_slow: 'Das hat zu lange gedauert. Es wird neu verbunden.',
  recording_unknown: 'Diese Aufnahme gibt es auf dem Server nicht.',
  recording_exists: 'Diese Aufnahme gibt es schon, und sie gehört jemand anderem.',
  recording_deleted: 'Die Aufnahme wurde gelöscht. Mehr wird nicht angenommen.',
  restore_expired: 'Die Zeit, das Löschen rückgängig zu machen, ist vorbei.',
  no_media: 'Es ist noch nichts da, was abgespielt werden könnte.',
  version_unknown: 'Diese Fassung der Aufnahme gibt es nicht.',
  export_needed: 'Das wird erst durch Umwandeln ein MP4.',
  range_unsatisfiable: 'Diese Stelle liegt außerhalb der Datei.',
  finalize_failed: 'Die Aufnahme konnte nicht fertiggestellt werden. Es wird noch einmal versucht.',
  token_invalid: 'Der Schlüssel dieser Aufnahme passt nicht.',
  unauthorized: 'Der Server verlangt eine Berechtigung, und die fehlt oder ist falsch.',
  forbidden: 'Diese Berechtigung erlaubt das nicht.',
  link_expired:
    'Der Link ist abgelaufen oder wurde verändert. Einen neuen gibt es dort, wo er herkam.',
  host_refused: 'Unter diesem Namen ist der Server nicht zu erreichen.',
  origin_refused: 'Von dieser Adresse nimmt der Server nichts an.',
  bad_request: 'Der Server versteht die Anfrage nicht. Die Seite neu laden.',
  not_found: 'Unter dieser Adresse gibt es nichts.',
  method_not_allowed: 'Das ist hier nicht erlaubt.',
  disk_full: 'Die Festplatte des Servers ist voll. Es geht weiter, sobald dort Platz ist.',
  internal:
    'Auf dem Server ist etwas Unerwartetes fehlgeschlagen. Was schon sicher ist, bleibt es.',
  bytes_damaged: 'Gespeicherte Bytes sind beschädigt. Die neueste Fassung kommt ohne sie aus.',
}
