import { z } from 'zod';
import type { FailureCategory } from '../../schema/run/failure-category';
import type { Gateway, OutboundRequest } from '../outbound/gateway';
import { OutboundError } from '../outbound/outbound-error';
import { createScrubber } from '../outbound/scrubber';
import type { VendorAnswer, VendorTarget } from './generation';

/** More than any task object has. */
const MAX_BYTES = 1024 * 1024;

/** One call and what came of it. */
export interface CallOutcome {
  answer: VendorAnswer;
  /** Whether the call certainly never reached the vendor. */
  notSent: boolean;
  /** Set where the answer does not tell. */
  category?: FailureCategory;
}

/**
 * Calls a vendor. Whatever goes wrong on the way is an answer with status -1.
 * @param serviceCode finds the vendor's own code for a refusal in the JSON of an answer
 * @throws OutboundError `aborted` only
 */
export async function callVendor(
  gateway: Gateway, { upstream, signal }: Pick<VendorTarget, 'upstream' | 'signal'>,
  request: Omit<OutboundRequest, 'signal' | 'maxBytes'>, serviceCode: (json: unknown) => number | undefined,
): Promise<CallOutcome> {
  try {
    const { status, text, retryAfterMs } = await gateway.call(upstream, { ...request, signal, maxBytes: MAX_BYTES });
    const read = readJson(text, [request.secret, ...(request.sensitive ?? [])]);
    return { answer: { status, ...read, serviceCode: serviceCode(read.json), retryAfterMs }, notSent: false };
  } catch (error) {
    if (!(error instanceof OutboundError) || error.failure === 'aborted') throw error;
    return { answer: noAnswer(error.message), notSent: error.notSent };
  }
}

/** What comes of a call with a key that its vendor cannot have given. @param text says so, without the key */
export function unusableKey(text: string): CallOutcome {
  return { answer: noAnswer(text), notSent: true, category: 'authentication' };
}

function noAnswer(text: string): VendorAnswer {
  return { status: -1, text, json: undefined, serviceCode: undefined, retryAfterMs: undefined };
}

/**
 * Whether the vendor itself said no, so that it cannot have taken the work. 408 and 504 say that somebody stopped waiting,
 * and a server error that is not in the vendor's own words may come from whatever stands before it.
 */
export function isRefusal({ status, serviceCode }: VendorAnswer): boolean {
  if (status === 408 || status === 504) return false;
  return (status >= 400 && status < 500) || ((isSuccess({ status }) || status >= 500) && serviceCode !== undefined);
}

export const isSuccess = ({ status }: Pick<VendorAnswer, 'status'>): boolean => status >= 200 && status < 300;

/** Ids that can stand in a path as they are; anything else is none. */
export const vendorId = z.string().regex(/^[A-Za-z0-9][\w.:=~-]{0,199}$/);

/** The vendor's own word for a state, or '' when it is none that can be shown. */
export const vendorWord = z.string().regex(/^[\w -]{1,40}$/).catch('');

const MAX_URL_LENGTH = 8_000;

/** Whether it can be an address of a file; whether it may be fetched is judged when it is. */
export function isFileAddress(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_URL_LENGTH && /^https?:\/\//i.test(value) && URL.canParse(value);
}

/** What a vendor says of a failure, to judge it by; '' for anything that is no text. */
export const wordsOf = (words: unknown): string => (typeof words === 'string' ? words : '');

/** What a vendor counts, or undefined for a figure that cannot be one. */
export function amountOf(value: unknown): number | undefined {
  const amount = typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : value;
  return typeof amount === 'number' && amount >= 0 && amount <= 1e9 ? amount : undefined;
}

/** JSON can spell a secret in ways of its own, so what it says is scrubbed once more. What nests too deep counts as no JSON. */
function readJson(text: string, secrets: readonly (string | undefined)[]): Pick<VendorAnswer, 'text' | 'json'> {
  try {
    const json: unknown = JSON.parse(text);
    const spelled = JSON.stringify(json);
    const clean = createScrubber(secrets.filter((secret) => secret !== undefined)).scrubText(spelled);
    return clean === spelled ? { text, json } : { text: clean, json: JSON.parse(clean) as unknown };
  } catch {
    return { text, json: undefined };
  }
}
