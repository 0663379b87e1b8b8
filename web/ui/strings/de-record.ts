// What is said while somebody records, before it and right after it, in German.
// Never claim more than an ack proves: "sicher" is only what the server confirmed.
import type { recordWords as english } from './en-record.ts'
import type { Words } from './words.ts'

export const recordWords: Words<typeof english> = {
  source: {
    question: 'Was soll aufgenommen werden?',
    camera: 'Kamera',
    cameraHint: 'mit dem Mikrofon',
    microphone: 'Mikrofon',
    microphoneHint: 'nur Ton',
    screen: 'Bildschirm',
    screenHint: 'ein Bildschirm, Fenster oder Tab',
    both: 'Bildschirm und Kamera',
    bothHint: 'nebeneinander oder als ein Bild',
    promise: 'Sekunde für Sekunde auf den Server gesichert, während die Aufnahme läuft.',
    promiseMore:
      'Deckel zu, Netz weg, Browser abgestürzt: Alles bis auf die letzten zwei Sekunden bleibt.',
    asking: {
      camera: 'Kamera und Mikrofon erlauben',
      microphone: 'Mikrofon erlauben',
      screen: 'Wählen, was geteilt wird',
      both: 'Wählen, was geteilt wird, dann die Kamera erlauben',
    },
    askingHint: 'Der Browser fragt gerade. Noch wird nichts aufgenommen.',
  },
  record: {
    heading: 'Aufnehmen',
    start: 'Aufnehmen',
    stop: 'Stopp',
    pause: 'Pause',
    resume: 'Fortsetzen',
    paused: 'Pausiert',
    live: 'Aufnahme läuft',
    clock: 'Aufgenommene Zeit',
    preview: 'Vorschau der Aufnahme',
    previewOf: {
      camera: 'Vorschau der Kamera',
      microphone: 'Vorschau des Mikrofons',
      screen: 'Vorschau des Bildschirms',
    },
    titleOf: {
      camera: (title) => (title ? `${title}, Kamera` : 'Kamera'),
      microphone: (title) => title,
      screen: (title) => (title ? `${title}, Bildschirm` : 'Bildschirm'),
    },
    title: 'Titel',
    titlePlaceholder: 'Ohne Titel',
    camera: 'Kamera',
    microphone: 'Mikrofon',
    noMicrophone: 'Kein Mikrofon',
    systemDefault: 'Standard',
    systemDefaultOf: (device) => `Standard: ${device}`,
    unnamed: (n) => `Gerät ${n}`,
    putAway: {
      camera: 'Ausschalten',
      microphone: 'Ausschalten',
      screen: 'Teilen beenden',
      both: 'Ausschalten',
    },
    putAwayOf: {
      camera: 'Kamera ausschalten',
      microphone: 'Mikrofon ausschalten',
      screen: 'Teilen des Bildschirms beenden',
      both: 'Kamera ausschalten und Teilen des Bildschirms beenden',
    },
    again: 'Noch einmal aufnehmen',
    another: 'Weitere aufnehmen',
    play: 'Abspielen',
    notLoaded:
      'Das Aufnahmeprogramm konnte nicht geladen werden: Der Server antwortet nicht. Bitte noch einmal versuchen.',
    started: 'Aufnahme gestartet',
    pausedSay: 'Aufnahme pausiert',
    resumedSay: 'Aufnahme läuft weiter',
    stoppedSay: 'Aufnahme beendet',
    room: (time) =>
      `Platz für etwa ${time} auf diesem Gerät, falls der Server nicht erreichbar ist.`,
  },
  quality: {
    more: 'Qualität und mehr',
    label: 'Qualität',
    picture: {
      light: 'Leicht, 480p',
      standard: 'Standard, 720p',
      sharp: 'Scharf, 1080p',
    },
    sound: { light: 'Leicht', standard: 'Standard', sharp: 'Voll' },
    needs: (rate) => `Braucht ${rate} Upload, um sofort sicher zu sein.`,
    known: (rate) => `Zuletzt schaffte diese Verbindung ${rate}.`,
    tooSlow: (rate) =>
      `Zuletzt schaffte diese Verbindung ${rate}: Was darüber hinausgeht, wartet auf diesem Gerät und wird danach gesendet.`,
    behind: (rate, needed) =>
      `Die Verbindung schafft ${rate} von den ${needed}, die diese Qualität braucht. Nichts geht verloren: Der Rest wartet auf diesem Gerät und wird danach gesendet.`,
  },
  countdown: {
    label: 'Countdown',
    words: { none: 'Keiner', three: '3 Sekunden' },
    begins: 'Die Aufnahme beginnt in 3 Sekunden',
    cancel: 'Abbrechen',
    cancelled: 'Nichts wird aufgenommen',
  },
  layout: {
    label: 'Speichern als',
    words: { two: 'Zwei Aufnahmen', one: 'Ein Bild, die Kamera in der Ecke' },
  },
  marks: {
    add: 'Marke an diesem Moment setzen',
    short: 'Marke',
    added: (clock, count) => `${clock} markiert (${count})`,
  },
  safety: {
    recorded: (clock) => `${clock} aufgenommen`,
    safe: (clock) => `${clock} sicher auf dem Server`,
    allSafe: 'alles sicher auf dem Server',
    waiting: (count) => `${count} s ${count === 1 ? 'wartet' : 'warten'} hier`,
    waitingLittle: 'unter 1 s wartet hier',
    waitingLong: (clock) => `${clock} warten hier`,
    saving: 'Die letzten Sekunden werden gesendet',
    kept: 'Auf diesem Gerät aufbewahrt',
    savingHint:
      'Bis dahin diese Seite offen lassen. Wird sie geschlossen, wird der Rest beim nächsten Besuch gesendet.',
    savingAway:
      'Der Server antwortet nicht. Was er noch nicht hat, wird von selbst gesendet, sobald er antwortet.',
    keptInPage: 'Nur auf dieser Seite',
    savingInPage:
      'Bis dahin diese Seite offen lassen: Was noch nicht gesendet ist, gibt es sonst nirgends.',
    savingInPageAway:
      'Der Server antwortet nicht. Diese Seite offen lassen: Was der Server nicht hat, gibt es sonst nirgends. Es wird gesendet, sobald er antwortet.',
    saved: 'Sicher auf dem Server',
    partial: 'Ein Teil ist nicht auf dem Server',
    partialHint:
      'Alles andere ist dort sicher. Dieser Teil bleibt auf diesem Gerät, bis er verworfen wird. Am besten eine Kopie sichern.',
    lostHint: 'Alles andere ist dort sicher.',
    savedHint: 'Diese Seite kann geschlossen werden.',
    savedPlain: (clock) => `${clock} aufgenommen, jede Sekunde davon bestätigt.`,
  },
  level: {
    label: 'Pegel des Mikrofons',
    none: 'Es wird kein Ton aufgenommen',
    silent: 'still',
    quiet: 'leise',
    good: 'gut',
    loud: 'sehr laut',
    silence: 'Seit 10 Sekunden kein Ton. Ist es das richtige Mikrofon?',
  },
  notice: {
    cameraLost: 'Die Kamera wurde getrennt. Der Ton wird weiter aufgenommen.',
    microphoneLost: 'Das Mikrofon wurde getrennt. Das Bild wird weiter aufgenommen.',
    screenEnded: 'Das Teilen wurde beendet. Der Ton wird weiter aufgenommen.',
    restGoesOn: {
      camera: 'Die Kamera wurde getrennt. Der Rest wird weiter aufgenommen.',
      microphone: 'Das Mikrofon wurde getrennt. Die Bilder werden weiter aufgenommen.',
      screen: 'Das Teilen wurde beendet. Die Kamera wird weiter aufgenommen.',
    },
    sourceLost:
      'Das Gerät wurde getrennt, darum ist die Aufnahme beendet. Was aufgenommen war, bleibt.',
    reopen: 'Anderes Gerät wählen',
    keepScreenOn:
      'Dieser Browser lässt den Bildschirm vielleicht ausgehen. Während der Aufnahme eingeschaltet lassen.',
    mobile:
      'Telefone beenden die Aufnahme, wenn sie gesperrt werden oder eine andere App vorn ist. Diese Seite vorn lassen.',
    storageLow: (time) =>
      `Wenig Platz auf diesem Gerät: etwa ${time}, falls der Server nicht erreichbar ist.`,
    buffer_full:
      'Dieses Gerät ist voll. Die Aufnahme geht weiter, direkt zum Server: verbunden bleiben und diese Seite offen lassen.',
    buffer_slow:
      'Die Festplatte dieses Geräts kommt nicht nach. Die Aufnahme geht weiter, direkt zum Server: verbunden bleiben und diese Seite offen lassen.',
    buffer_unavailable:
      'Dieser Browser bewahrt auf diesem Gerät nichts auf (ein privates Fenster?). Die Aufnahme geht weiter, direkt zum Server: verbunden bleiben und diese Seite offen lassen.',
    onlyInPage: {
      buffer_full:
        'Dieses Gerät ist voll und der Server ist nicht erreichbar: Was jetzt aufgenommen wird, ist nur auf dieser Seite. Offen lassen, Platz auf der Festplatte schaffen oder neu verbinden.',
      buffer_slow:
        'Die Festplatte dieses Geräts kommt nicht nach und der Server ist nicht erreichbar: Was sie noch nicht angenommen hat, ist nur auf dieser Seite. Offen lassen und neu verbinden.',
      buffer_unavailable:
        'Dieser Browser bewahrt auf diesem Gerät nichts auf und der Server ist nicht erreichbar: Was jetzt aufgenommen wird, ist nur auf dieser Seite. Offen lassen und neu verbinden.',
    },
    goesOn: 'Die Aufnahme geht weiter.',
    muted:
      'Das Mikrofon ist an seinem Schalter oder im System stumm. Zu hören ist erst etwas, wenn es eingeschaltet wird.',
    failed: (reason) => `Die Aufnahme endete zu früh: ${reason}`,
  },
  problem: {
    blocked: {
      camera: 'Die Kamera ist für diese Seite gesperrt',
      microphone: 'Das Mikrofon ist für diese Seite gesperrt',
      screen: 'Das Teilen des Bildschirms ist für diese Seite gesperrt',
    },
    unblock: {
      chromium:
        'Links in der Adressleiste auf das Symbol klicken, erlauben, dann noch einmal versuchen.',
      firefox:
        'In der Adressleiste auf das durchgestrichene Symbol klicken, die Sperre aufheben, dann noch einmal versuchen.',
      safari:
        'Safari › Einstellungen › Websites öffnen, für diese Seite erlauben, dann noch einmal versuchen.',
      other:
        'In den Einstellungen des Browsers für diese Seite erlauben, dann noch einmal versuchen.',
    },
    blockedBySystem: 'Das System erlaubt es diesem Browser nicht',
    unblockSystem:
      'In den Datenschutz-Einstellungen des Systems diesen Browser erlauben, ihn neu starten, dann noch einmal versuchen.',
    missing: {
      camera: 'Keine Kamera gefunden',
      microphone: 'Kein Mikrofon gefunden',
      screen: 'Es gibt keinen Bildschirm zum Teilen',
    },
    missingHint: 'Anschließen und noch einmal versuchen, oder etwas anderes aufnehmen.',
    busy: {
      camera: 'Ein anderes Programm benutzt die Kamera',
      microphone: 'Ein anderes Programm benutzt das Mikrofon',
      screen: 'Der Bildschirm konnte nicht aufgenommen werden',
    },
    busyHint: 'Das andere Programm schließen, dann noch einmal versuchen.',
    unsupported: 'Dieser Browser kann das nicht aufnehmen',
    unsupportedHint:
      'Es braucht ein aktuelles Chrome, Edge, Firefox oder Safari auf einem Computer.',
    insecure: 'Aufnehmen braucht eine sichere Adresse',
    insecureHint: 'Diese Seite über https öffnen, oder auf diesem Rechner als localhost.',
    failed: 'Das hat nicht geklappt',
    chooseAnother: 'Etwas anderes wählen',
  },
}
