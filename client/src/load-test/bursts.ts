const most = 10;
const largest = 200;

/**
 * Sizes of bursts from a text such as `5, 10 15`.
 * @returns undefined when it says something else, or more than the server takes: 10 bursts of 1 to 200 requests
 */
export function burstsOf(text: string): number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const bursts = parts.map(Number);
  const fine = bursts.length > 0 && bursts.length <= most
    && bursts.every((burst) => Number.isInteger(burst) && burst >= 1 && burst <= largest);
  return fine ? bursts : undefined;
}
