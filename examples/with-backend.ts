// A page of an application that has its own back end: that holds the API key and gives each visitor a permit.
import '@holdfast/web/element'

const recorder = document.createElement('holdfast-recorder')
recorder.setAttribute('server', 'HOLDFAST_URL')
recorder.auth = async () => (await fetch('/recording-permit', { method: 'POST' })).text()
document.querySelector('#app')?.append(recorder)
