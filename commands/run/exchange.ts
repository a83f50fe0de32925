import type { PreparedCall, VendorAnswer } from '../../src/upstreams/generation';
import { redact } from './redact';

/** Longest text of an answer that is kept, in UTF-16 code units. */
export const ANSWER_LENGTH = 8_000;
/** A picture that goes along as text is not kept a second time. */
const VALUE_LENGTH = 3_000;

/** What is kept of a call: JSON of its body, redacted. @param callbackUrl of this call: whoever knew it could speak for the vendor */
export function requestText({ body }: PreparedCall, callbackUrl: string | undefined): string {
  const text = JSON.stringify(redact(shortened(body)));
  return callbackUrl === undefined ? text : text.replaceAll(JSON.stringify(callbackUrl), '"***"');
}

/** What is kept of an answer: JSON of its status and its body, redacted. @param callbackUrl of the attempt, which the vendor may say again */
export function responseText({ status, text, json }: VendorAnswer, callbackUrl: string | undefined): string {
  const whole = withoutToken(JSON.stringify({ status, body: json === undefined ? text : redact(json) }), callbackUrl);
  if (whole.length <= ANSWER_LENGTH) return whole;
  const body = withoutToken(json === undefined ? text : JSON.stringify(redact(json)), callbackUrl);
  // Escapes can make a text up to six times as long.
  for (let length = ANSWER_LENGTH - 100; ; length = Math.floor(length / 2)) {
    const cut = JSON.stringify({ status, body: body.slice(0, length), cut: true });
    if (cut.length <= ANSWER_LENGTH) return cut;
  }
}

/** The token is its last part, and looks the same however the rest is spelled. */
function withoutToken(text: string, callbackUrl: string | undefined): string {
  return callbackUrl === undefined ? text : text.replaceAll(callbackUrl.slice(callbackUrl.lastIndexOf('/') + 1), '***');
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > VALUE_LENGTH ? `${value.slice(0, 40)}… (${value.length} characters)` : value;
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortened(inner)]));
}
