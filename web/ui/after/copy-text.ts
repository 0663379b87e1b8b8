// To the clipboard, also what has yet to be asked for: some browsers allow it only within the click itself.

/** false where the browser does not let the page. @throws what `coming` throws */
export async function copyText(coming: Promise<string>): Promise<boolean> {
  const isCopied = write(coming).then(
    () => true,
    () => false,
  )
  await coming
  return await isCopied
}

async function write(coming: Promise<string>): Promise<void> {
  if ('ClipboardItem' in globalThis && 'write' in (navigator.clipboard ?? {})) {
    const text = coming.then((words) => new Blob([words], { type: 'text/plain' }))
    return await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })])
  }
  await navigator.clipboard.writeText(await coming)
}
