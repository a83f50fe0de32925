import type { FailureCategory } from '../../schema/run/failure-category';
import type { Operation } from '../../schema/run/operations';

/** What came back from one call. */
export interface VendorAnswer {
  /** HTTP status; -1 when no answer came. */
  status: number;
  /** The body, with every secret scrubbed; what happened instead, when no answer came. */
  text: string;
  /** The body as JSON, undefined when it is none. */
  json: unknown;
  /** The vendor's own code for a refusal. */
  serviceCode: number | undefined;
  /** As the vendor asked, from Retry-After. */
  retryAfterMs: number | undefined;
}

/** A call that is ready to be made. Pure data, so that it can be recorded before it is made. */
export interface PreparedCall {
  method: 'POST';
  /** Below the vendor's base URL. */
  path: string;
  body: Readonly<Record<string, unknown>>;
}

export interface Submission {
  answer: VendorAnswer;
  /** The vendor's id of the work, undefined when it refused; then `category` says why. */
  jobId: string | undefined;
  category: FailureCategory | undefined;
  /** The vendor cannot have taken it: nothing was sent, or it refused. False leaves it in doubt. */
  definite: boolean;
}

/** One file that the vendor made. */
export interface VendorAsset {
  kind: 'image' | 'video';
  url: string;
  /** Milliseconds of a video, when the vendor tells. */
  durationMs: number | null;
}

export interface JobReport {
  answer: VendorAnswer;
  jobId: string | undefined;
  /** `unknown`: the vendor could not be asked or does not know the job; `category` says why. */
  state: 'running' | 'succeeded' | 'failed' | 'unknown';
  /** As the vendor calls it, for example `staged`; '' when it said nothing. */
  vendorStatus: string;
  category: FailureCategory | undefined;
  assets: readonly VendorAsset[];
  usage: { unit: string; amount: number } | null;
}

/** Which deployment to call, with which key. */
export interface VendorTarget {
  /** Name of the gateway's upstream. */
  upstream: string;
  /** Text of the provider key: an API key, or JSON of `accessKey` and `secretKey` for Kling. */
  secret: string;
  signal: AbortSignal;
}

export interface PrepareOptions {
  /** Our own name for the work, where the vendor takes one. */
  externalId: string;
  /** Where the vendor may report; undefined when it could not reach us. */
  callbackUrl: string | undefined;
}

/**
 * One vendor of images and videos. Nothing throws for what the vendor says or when it cannot be reached: every outcome is
 * an answer. Only `signal` does, as OutboundError `aborted`.
 */
export interface GenerationVendor {
  /** @param parameters as `schema/run/parameters.ts` checked them */
  prepare(operation: Operation, parameters: unknown, options: PrepareOptions): PreparedCall;
  submit(call: PreparedCall, target: VendorTarget): Promise<Submission>;
  report(operation: Operation, jobId: string, target: VendorTarget): Promise<JobReport>;
  /** Looks for work by our own name for it; undefined where the vendor has no such look-up. */
  find?(operation: Operation, externalId: string, target: VendorTarget): Promise<JobReport>;
}
