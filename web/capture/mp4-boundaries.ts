// What `mp4-cutting` fetches: by itself, so that a bundler makes it a file of its own.
export { openMp4Boundaries } from '@holdfast/media'
