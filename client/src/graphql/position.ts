/** The newest position this browser wrote; sent with every query so that one reads what one wrote. */
let newest = 0n;

/** @param position decimal text of a mutation's payload, or null when it was refused before the log was read */
export function sawPosition(position: string | null | undefined): void {
  if (position && BigInt(position) > newest) {
    newest = BigInt(position);
  }
}

/** The header of a request that has to see everything up to the newest own write and `atLeast`. */
export function positionHeader(atLeast?: string): Record<string, string> {
  const wanted = atLeast && BigInt(atLeast) > newest ? BigInt(atLeast) : newest;
  return wanted > 0n ? { 'x-min-position': wanted.toString() } : {};
}
