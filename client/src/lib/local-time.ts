/** A moment as `<input type="datetime-local">` wants it: the reader's own time, to the second. Empty for none or nonsense. */
export function localOfIso(iso: string | undefined): string {
  const at = new Date(iso ?? '');
  if (Number.isNaN(at.getTime())) {
    return '';
  }
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** What such a field holds, as a moment in UTC. Empty for none or nonsense. */
export function isoOfLocal(text: string): string {
  const at = new Date(text);
  return text === '' || Number.isNaN(at.getTime()) ? '' : at.toISOString();
}
