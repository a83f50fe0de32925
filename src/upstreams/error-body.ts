import { z } from 'zod';

const MAX_LENGTH = 300;

const text = z.string();
const shapes = z.union([
  z.looseObject({ error: z.looseObject({ message: text }) }).transform(({ error }) => error.message),
  z.looseObject({ error: text }).transform(({ error }) => error),
  z.looseObject({ detail: text }).transform(({ detail }) => detail),
  z.looseObject({ detail: z.looseObject({ error: text }) }).transform(({ detail }) => detail.error),
  z.looseObject({ detail: z.array(z.looseObject({ msg: text })) }).transform(({ detail }) => detail.map(({ msg }) => msg).join('; ')),
  z.looseObject({ message: text }).transform(({ message }) => message),
]);

/**
 * What an upstream says went wrong, in one short line without control characters, or '' when it says nothing readable.
 * Understands `{error: {message}}` (OpenAI, LiteLLM), FastAPI's `{detail}` in its three forms, and plain `{error}`, `{message}`.
 */
export function describeError(body: string): string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return '';
  }
  const parsed = shapes.safeParse(json);
  if (!parsed.success) return '';
  const line = parsed.data.replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}
