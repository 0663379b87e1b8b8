// A page without any framework: one element, one event.
import '@holdfast/web/element'

const recorder = document.createElement('holdfast-recorder')
recorder.setAttribute('server', 'HOLDFAST_URL')
recorder.setAttribute('recording-title', 'From a plain page')
recorder.addEventListener('holdfast-ready', ({ detail }) => {
  const video = document.createElement('video')
  Object.assign(video, { controls: true, src: new URL(detail.mediaUrl, 'HOLDFAST_URL').href })
  document.querySelector('#app')?.append(video)
})
document.querySelector('#app')?.append(recorder)
