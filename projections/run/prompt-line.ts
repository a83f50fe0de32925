const LENGTH = 500;

/**
 * The prompt among a run's parameters in one line, cut to 500 characters; null when the parameters are erased or have none.
 * @param parameters JSON text
 */
export function promptLine(parameters: string | null): string | null {
  if (parameters === null) return null;
  const prompt = promptIn(parameters);
  if (prompt === undefined) return null;
  const line = prompt.replaceAll(/[\p{Cc}\p{Z}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length > LENGTH ? `${characters.slice(0, LENGTH - 1).join('')}…` : line;
}

function promptIn(parameters: string): string | undefined {
  try {
    const { prompt } = JSON.parse(parameters) as { prompt?: unknown };
    return typeof prompt === 'string' ? prompt : undefined;
  } catch {
    return undefined;
  }
}
