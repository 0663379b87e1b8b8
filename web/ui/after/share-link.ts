// Hands a link to other apps, through the system's own sheet.

/** `refused`: by the device, or because the click was too long ago while the link was being made. */
export type Shared = 'shared' | 'called off' | 'refused'

export async function shareLink(link: ShareData): Promise<Shared> {
  try {
    await navigator.share(link)
    return 'shared'
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError' ? 'called off' : 'refused'
  }
}
