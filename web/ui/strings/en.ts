// Every sentence the interface says, in English. Each other language is a file of this shape.
// Never claim more than an ack proves: "safe" is only what the server confirmed.

import { fileWords } from './en-files.ts'
import { recordWords } from './en-record.ts'
import type { ErrorWords } from './error-words.ts'

/** What goes wrong is said by the library, in English, and more exactly where it can. */
export const errorWords: ErrorWords = {}

export const words = {
  ...recordWords,
  ...fileWords,
  direction: 'ltr',
  app: {
    name: 'Holdfast',
    skip: 'Skip to recordings',
    skipTo: 'Skip to the recording',
    help: 'Keyboard and help',
    close: 'Close',
    done: 'Done',
    dismiss: 'Dismiss',
    cancel: 'Cancel',
    tryAgain: 'Try again',
  },
  connection: {
    connecting: 'Connecting',
    websocket: 'Connected',
    http: 'Connected over HTTP',
    webtransport: 'WebTransport',
    away: 'Server not reached',
    awayRecording: 'Server not reached. Recording goes on and is kept on this device.',
    notPersisted:
      'The browser may clear that when the disk runs low, and a private window forgets it when it is closed.',
    label: 'Connection',
  },
  library: {
    heading: 'Recordings',
    empty: 'Nothing recorded yet',
    emptyHint: 'What you record appears here at once, ready to play.',
    loading: 'Loading recordings',
    unreachable: 'The list cannot be loaded: the server does not answer. The page keeps trying.',
    stale: 'The server does not answer: this is the list as it was.',
    closed: 'This server shows its list only to its administrator.',
    more: 'Show more',
    loadingMore: 'Loading more',
    moreFailed: 'The rest cannot be loaded now. The page keeps trying.',
    search: 'Search titles',
    clearSearch: 'Clear the search',
    filter: 'Show',
    filters: {
      all: 'All',
      ready: 'Ready',
      incomplete: 'With gaps',
      live: 'Being recorded',
      failed: 'Not finished',
      empty: 'Empty',
    },
    order: 'Sort',
    orders: {
      newest: 'Newest first',
      oldest: 'Oldest first',
      longest: 'Longest first',
      largest: 'Largest first',
      title: 'By title',
    },
    found: (count: number, digits: string) =>
      count === 1 ? '1 recording' : `${digits} recordings`,
    foundMore: (digits: string) => `More than ${digits} recordings`,
    nothing: 'Nothing matches',
    nothingFor: (text: string) => `No title has “${text}” in it.`,
    nothingAmong: (text: string, filter: string) =>
      `No title has “${text}” in it. Searched in: ${filter}.`,
    nothingIs: (filter: string) => `Only shown: ${filter}. There are none.`,
    showAll: 'Show all recordings',
    untitled: 'Untitled',
    download: 'Download',
    downloadOf: (title: string) => `Download ${title}`,
    downloadPartsOf: (title: string) => `Download the parts of ${title}`,
    parts: (count: number) => `${count} parts`,
    delete: 'Delete',
    deleteOf: (title: string) => `Delete ${title}`,
    deleted: (title: string) => `Deleted “${title}”`,
    deletedSay: (title: string) => `${title} deleted. It can be undone for half a minute.`,
    undo: 'Undo',
    undoHint: 'It can be brought back for half a minute.',
    restored: (title: string) => `${title} is back`,
    deleteFailed: (title: string) => `“${title}” could not be deleted. Try again.`,
    undoFailed: (title: string) => `It was too late to bring “${title}” back.`,
    readySay: (title: string) => `${title} is ready to play`,
  },
  status: {
    recording: 'Recording',
    finalizing: 'Finishing',
    ready: 'Ready',
    incomplete: 'Has gaps',
    failed: 'Not finished',
    empty: 'Empty',
  },
  player: {
    parts: (count: number) => `Recorded in ${count} parts`,
    partsHint: 'They play one after the other.',
    part: (number: number) => `Part ${number}`,
    partNow: (number: number, count: number) => `Part ${number} of ${count}`,
    partTitle: (title: string, number: number) => `${title}, part ${number}`,
    cannotPlayPart: (number: number) =>
      `This browser cannot play part ${number}. Download it instead.`,
    live: 'Live, a few seconds behind.',
    goLive: 'Go to now',
    noMedia: 'There is nothing to play in this recording.',
    cannotPlay: 'This browser cannot play the recording. Download it instead.',
    receiptHint: 'What the server received, signed',
    finalizeFailed: 'It cannot be finished now. The server tries again automatically.',
  },
  recovery: {
    found: (count: number) =>
      count === 1
        ? 'Found a recording that was not fully sent'
        : `Found ${count} recordings that were not fully sent`,
    sending: (count: number) =>
      count === 1 ? 'It is being sent automatically.' : 'They are being sent automatically.',
    away: (count: number) =>
      count === 1
        ? 'It stays on this device until the server answers.'
        : 'They stay on this device until the server answers.',
    partial:
      'The rest is safe on the server. What could not be sent stays on this device until you discard it: keep a copy.',
    unreadable: (count: number) =>
      count === 1
        ? 'A recording on this device cannot be read now. It stays here; reload to try again.'
        : `${count} recordings on this device cannot be read now. They stay here; reload to try again.`,
    refused: 'The server refuses it. It stays on this device until you discard it.',
    nothingHere: 'Nothing of it is left on this device.',
    done: 'Everything found on this device is now safe on the server',
    left: (size: string) => `${size} to send`,
    kept: (size: string) => `${size} kept here`,
    localCopy:
      'This is what is left on this device: what the server does not have yet, or does not take.',
    playOf: (title: string) => `Play ${title}`,
    keepCopy: 'Keep a copy',
    keepCopyOf: (title: string) => `Keep a copy of ${title}`,
    discard: 'Discard',
    discardOf: (title: string) => `Discard ${title}`,
    discardLater: 'It is being sent right now, so nothing was discarded.',
    discardSure: 'Discard what is unsent?',
    discardHint: 'These bytes are only on this device. They cannot be brought back.',
    discardYes: 'Discard for good',
  },
  update: {
    later: 'Update ready, after this recording',
    ready: 'An update is ready',
    now: 'Reload',
  },
  install: { offer: 'Install as an app' },
  help: {
    heading: 'Keyboard and help',
    space: 'Space',
    record: 'Start and stop recording',
    pause: 'Pause and resume',
    mark: 'Mark this moment while recording',
    search: 'Search the recordings',
    escape: 'Close what is open; clear the search; put the camera away',
    help: 'Show this help',
    language: 'Language',
    languageLater: 'Takes effect when the page is loaded again.',
    status: 'Status of the server',
    promiseHeading: 'What “safe” means',
    promise:
      'Safe seconds are on the server’s disk and in its records. They survive a crash of this browser, of the server and of the network. Seconds waiting here are stored in this browser and are sent automatically, also after a restart. The last two seconds before a crash can be lost.',
  },
  tab: {
    recording: (clock: string) => `● ${clock}`,
    paused: (clock: string) => `Paused ${clock}`,
    saving: 'Saving',
  },
} as const
