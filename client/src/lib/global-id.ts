/** The key inside a global id (base64url of `Type:key`). The audit log names actors and subjects by their keys. */
export function keyOf(globalId: string): string {
  const binary = atob(globalId.replaceAll('-', '+').replaceAll('_', '/'));
  const text = new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  return text.slice(text.indexOf(':') + 1);
}
