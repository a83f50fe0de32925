const SECRET_NAME = /api[ _-]?key|secret|token|authorization|bearer|password/i;
const MASK = '***';
/** Longest text that nothing of is shown. */
const SHORT = 6;
/** Nobody nests so deep but to break whoever reads it. */
const MAX_DEPTH = 200;

/**
 * The value with everything masked whose name says that it is a secret, at any depth: of texts longer than six characters
 * the first two and the last two stay. Nothing of what is given is changed.
 */
export function redact(value: unknown): unknown {
  return redactAt(value, 0);
}

function redactAt(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return MASK;
  if (Array.isArray(value)) return value.map((item) => redactAt(item, depth + 1));
  // Not by assignment: `__proto__` is a name like any other in what a vendor says.
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, SECRET_NAME.test(name) ? masked(inner) : redactAt(inner, depth + 1)]));
}

function masked(value: unknown): string {
  return typeof value === 'string' && value.length > SHORT ? `${value.slice(0, 2)}${MASK}${value.slice(-2)}` : MASK;
}
