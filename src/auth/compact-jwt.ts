export interface Part {
  /** The JSON object in it; undefined when it is none, or names a member twice. */
  json(): object | undefined;
}

/** One part of a compact token; undefined unless it is base64url in its one spelling. */
export function partOf(encoded: string): Part | undefined {
  const bytes = Buffer.from(encoded, 'base64url');
  if (encoded === '' || bytes.toString('base64url') !== encoded) return undefined;
  return { json: () => objectIn(bytes) };
}

function objectIn(bytes: Buffer): object | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && namesOnce(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether no object in valid JSON has a member twice: of two, one reader believes the first and another the last. */
function namesOnce(json: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, name, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*(:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon) {
      const names = open.at(-1)!;
      const plain = JSON.parse(name!) as string;
      if (names.has(plain)) return false;
      names.add(plain);
    }
  }
  return true;
}
