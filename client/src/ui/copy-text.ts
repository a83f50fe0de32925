/**
 * Puts a text on the clipboard. Plain http has no clipboard API, so a selected field and the old command are the second way.
 * @returns false when neither worked; the caller then shows the text selected
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.setAttribute('readonly', '');
  field.className = 'visually-hidden';
  // Inside an open dialog only the dialog's own content can be focused.
  const host = focused?.closest('[role="dialog"], dialog') ?? document.body;
  host.append(field);
  field.select();
  let copied = false;
  try {
    copied = document.execCommand('copy');
  } catch {
    copied = false;
  }
  field.remove();
  if (focused instanceof HTMLElement) {
    focused.focus();
  }
  return copied;
}
