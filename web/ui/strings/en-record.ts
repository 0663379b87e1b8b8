// What is said while somebody records, before it and right after it, in English.
// Never claim more than an ack proves: "safe" is only what the server confirmed.

const seconds = (count: number) => `${count} s`

export const recordWords = {
  source: {
    question: 'What do you want to record?',
    camera: 'Camera',
    cameraHint: 'with your microphone',
    microphone: 'Microphone',
    microphoneHint: 'sound only',
    screen: 'Screen',
    screenHint: 'a screen, window or tab',
    both: 'Screen and camera',
    bothHint: 'side by side, or as one picture',
    promise: 'It is saved to the server while you record, second by second.',
    promiseMore:
      'Close the lid, lose the network, crash the browser: all but the last two seconds stay.',
    asking: {
      camera: 'Allow the camera and microphone',
      microphone: 'Allow the microphone',
      screen: 'Choose what to share',
      both: 'Choose what to share, then allow the camera',
    },
    askingHint: 'Your browser is asking you. Nothing is recorded yet.',
  },
  record: {
    heading: 'Record',
    start: 'Record',
    stop: 'Stop',
    pause: 'Pause',
    resume: 'Resume',
    paused: 'Paused',
    live: 'Recording',
    clock: 'Recorded time',
    preview: 'Preview of what is recorded',
    previewOf: {
      camera: 'Preview of the camera',
      microphone: 'Preview of the microphone',
      screen: 'Preview of the screen',
    },
    titleOf: {
      camera: (title: string) => (title ? `${title}, camera` : 'Camera'),
      microphone: (title: string) => title,
      screen: (title: string) => (title ? `${title}, screen` : 'Screen'),
    },
    title: 'Title',
    titlePlaceholder: 'Untitled',
    camera: 'Camera',
    microphone: 'Microphone',
    noMicrophone: 'No microphone',
    systemDefault: 'Default',
    systemDefaultOf: (device: string) => `Default: ${device}`,
    unnamed: (n: number) => `Device ${n}`,
    putAway: {
      camera: 'Turn off',
      microphone: 'Turn off',
      screen: 'End sharing',
      both: 'Turn off',
    },
    putAwayOf: {
      camera: 'Turn off the camera',
      microphone: 'Turn off the microphone',
      screen: 'End sharing the screen',
      both: 'Turn off the camera and end sharing the screen',
    },
    again: 'Record again',
    another: 'Record another',
    play: 'Play',
    notLoaded: 'The recorder could not be loaded: the server does not answer. Try again.',
    started: 'Recording started',
    pausedSay: 'Recording paused',
    resumedSay: 'Recording resumed',
    stoppedSay: 'Recording stopped',
    room: (time: string) => `Room for about ${time} on this device, should the server be away.`,
  },
  quality: {
    more: 'Quality and more',
    label: 'Quality',
    picture: {
      light: 'Light, 480p',
      standard: 'Standard, 720p',
      sharp: 'Sharp, 1080p',
    },
    sound: { light: 'Light', standard: 'Standard', sharp: 'Rich' },
    needs: (rate: string) => `Needs ${rate} of upload to be safe at once.`,
    known: (rate: string) => `Last time this connection carried ${rate}.`,
    tooSlow: (rate: string) =>
      `Last time this connection carried ${rate}: what it does not carry waits on this device and is sent afterwards.`,
    behind: (rate: string, needed: string) =>
      `The connection carries ${rate} of the ${needed} that this quality needs. Nothing is lost: the rest waits on this device and is sent afterwards.`,
  },
  countdown: {
    label: 'Countdown',
    words: { none: 'None', three: '3 seconds' },
    begins: 'Recording begins in 3 seconds',
    cancel: 'Cancel',
    cancelled: 'Nothing is recorded',
  },
  layout: {
    label: 'Saved as',
    words: { two: 'Two recordings', one: 'One picture, camera in the corner' },
  },
  marks: {
    add: 'Mark this moment',
    /** Where there is room for a word; a part of the sentence above. */
    short: 'Mark',
    added: (clock: string, count: number) => `Marked ${clock} (${count})`,
  },
  safety: {
    recorded: (clock: string) => `${clock} recorded`,
    safe: (clock: string) => `${clock} safe on the server`,
    allSafe: 'all safe on the server',
    waiting: (count: number) => `${seconds(count)} waiting here`,
    waitingLittle: 'under 1 s waiting here',
    waitingLong: (clock: string) => `${clock} waiting here`,
    saving: 'Sending the last seconds',
    kept: 'Kept on this device',
    savingHint:
      'Keep this page open until it is done. Should it close, the rest is sent when you come back.',
    savingAway:
      'The server does not answer. What it does not have yet is sent automatically as soon as it does.',
    keptInPage: 'Only in this page',
    savingInPage: 'Keep this page open until it is done: what is not sent yet is nowhere else.',
    savingInPageAway:
      'The server does not answer. Keep this page open: what the server does not have is nowhere else. It is sent as soon as it answers.',
    saved: 'Safe on the server',
    partial: 'A part is not on the server',
    partialHint:
      'Everything else is safe there. This part stays on this device until you discard it: keep a copy.',
    lostHint: 'Everything else is safe there.',
    savedHint: 'You can close this page.',
    savedPlain: (clock: string) => `${clock} recorded, every second of it confirmed.`,
  },
  level: {
    label: 'Microphone level',
    none: 'No sound is recorded',
    silent: 'silent',
    quiet: 'quiet',
    good: 'good',
    loud: 'very loud',
    silence: 'No sound for 10 seconds. Is this the right microphone?',
  },
  notice: {
    cameraLost: 'The camera was disconnected. Sound is still being recorded.',
    microphoneLost: 'The microphone was disconnected. The picture is still being recorded.',
    screenEnded: 'Sharing was ended. Sound is still being recorded.',
    restGoesOn: {
      camera: 'The camera was disconnected. The rest is still being recorded.',
      microphone: 'The microphone was disconnected. The pictures are still being recorded.',
      screen: 'Sharing was ended. The camera is still being recorded.',
    },
    sourceLost: 'The device was disconnected, so the recording ended. What was recorded is kept.',
    reopen: 'Choose another',
    keepScreenOn: 'This browser may let the screen sleep. Keep it on while you record.',
    mobile: 'Phones stop recording when locked or when you switch apps. Keep this page in front.',
    storageLow: (time: string) =>
      `Little room on this device: about ${time} if the server is away.`,
    buffer_full:
      'This device is full. Recording goes on, straight to the server: stay connected and keep this page open.',
    buffer_slow:
      'The disk of this device does not keep up. Recording goes on, straight to the server: stay connected and keep this page open.',
    buffer_unavailable:
      'This browser keeps nothing on this device (a private window?). Recording goes on, straight to the server: stay connected and keep this page open.',
    onlyInPage: {
      buffer_full:
        'This device is full and the server is not reached: what you record now is only in this page. Keep it open, free some disk space or reconnect.',
      buffer_slow:
        'The disk of this device does not keep up and the server is not reached: what the disk has not taken is only in this page. Keep it open and reconnect.',
      buffer_unavailable:
        'This browser keeps nothing on this device and the server is not reached: what you record now is only in this page. Keep it open and reconnect.',
    },
    goesOn: 'Recording goes on.',
    muted:
      'The microphone is muted by its switch or by the system. Nothing is heard until it is turned on.',
    failed: (reason: string) => `The recording ended early: ${reason}`,
  },
  problem: {
    blocked: {
      camera: 'The camera is blocked for this page',
      microphone: 'The microphone is blocked for this page',
      screen: 'Screen sharing is blocked for this page',
    },
    unblock: {
      chromium: 'Click the icon at the left of the address bar, allow it, then try again.',
      firefox: 'Click the crossed-out icon in the address bar, remove the block, then try again.',
      safari: 'Open Safari › Settings › Websites, allow it for this page, then try again.',
      other: 'Allow it in this page’s settings in your browser, then try again.',
    },
    blockedBySystem: 'Your system does not let this browser use it',
    unblockSystem:
      'Open your system’s privacy settings, allow this browser, restart it, then try again.',
    missing: {
      camera: 'No camera was found',
      microphone: 'No microphone was found',
      screen: 'There is no screen to share',
    },
    missingHint: 'Plug one in and try again, or record something else.',
    busy: {
      camera: 'The camera is used by another program',
      microphone: 'The microphone is used by another program',
      screen: 'The screen could not be captured',
    },
    busyHint: 'Close the other program, then try again.',
    unsupported: 'This browser cannot record that',
    unsupportedHint: 'Use a current Chrome, Edge, Firefox or Safari on a computer.',
    insecure: 'Recording needs a secure address',
    insecureHint: 'Open this page by https, or on this machine as localhost.',
    failed: 'That did not work',
    chooseAnother: 'Choose something else',
  },
} as const
