import type { FailureCategory } from '../../../schema/run/failure-category';
import type { GenerationVendor, JobReport, PreparedCall, Submission, VendorAnswer } from '../../../src/upstreams/generation';
import { OutboundError } from '../../../src/outbound/outbound-error';
import type { Random } from '../key-pool/random';

/** How the vendor takes one submission. */
type Manner = 'accepts' | 'refuses' | 'loses its answer' | 'breaks before it takes it' | 'is not reached';

export interface PlayedVendor extends GenerationVendor {
  /** Our names of the submissions that arrived, in order, also twice. */
  readonly arrived: string[];
  /** Our names of the works it has taken. */
  readonly taken: Set<string>;
  /** Told of every work taken, a little later. */
  onTaken(listener: (externalId: string, jobId: string) => void): void;
}

const answer = (status: number, text = ''): VendorAnswer => ({ status, text, json: undefined, serviceCode: undefined, retryAfterMs: undefined });
const report = (state: JobReport['state'], more: Partial<JobReport> = {}): JobReport =>
  ({ answer: answer(200), jobId: undefined, state, vendorStatus: '', category: undefined, assets: [], usage: null, ...more });

/** A vendor that takes work, loses answers and fails now and then, by chance; each work is done after some questions. */
export function playVendor(random: Random, { findable, manners }: { findable: boolean; manners: readonly Manner[] }): PlayedVendor {
  const arrived: string[] = [];
  const taken = new Set<string>();
  const questions = new Map<string, number>();
  const listeners: ((externalId: string, jobId: string) => void)[] = [];
  const jobOf = (externalId: string): string => `job-${externalId}`;

  function ask(jobId: string): JobReport {
    const asked = (questions.get(jobId) ?? 0) + 1;
    questions.set(jobId, asked);
    if (asked <= 2) return report('running', { jobId, vendorStatus: asked === 1 ? 'pending' : 'processing' });
    return report('succeeded', { jobId, vendorStatus: 'completed', assets: [{ kind: 'image', url: `https://cdn.test/${jobId}.png`, durationMs: null }] });
  }

  async function reached(signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, random.below(3)));
    if (signal.aborted) throw new OutboundError('vendor', 'aborted', false, 'the call was given up');
  }

  const refused = (category: FailureCategory, status: number, definite: boolean): Submission => ({ answer: answer(status), jobId: undefined, category, definite });

  return {
    arrived, taken,
    onTaken: (listener) => void listeners.push(listener),
    prepare: (_operation, _parameters, { externalId }): PreparedCall => ({ method: 'POST', path: '/work', body: { name: externalId } }),
    async submit({ body }, { signal }) {
      const name = String(body['name']);
      const manner = random.pick(manners);
      if (manner === 'is not reached') return refused('network', -1, true);
      arrived.push(name);
      if (manner === 'refuses') return refused('quota', 402, true);
      if (manner === 'breaks before it takes it') return refused('server_error', 502, false);
      taken.add(name);
      setTimeout(() => listeners.forEach((listener) => listener(name, jobOf(name))), random.below(10));
      await reached(signal);
      return manner === 'loses its answer' ? refused('timeout', -1, false) : { answer: answer(200), jobId: jobOf(name), category: undefined, definite: true };
    },
    async report(_operation, jobId, { signal }) {
      await reached(signal);
      return random.chance(0.1) ? report('unknown', { answer: answer(503), category: 'server_error' }) : ask(jobId);
    },
    ...(findable && {
      async find(_operation, externalId, { signal }) {
        await reached(signal);
        return taken.has(externalId) ? ask(jobOf(externalId)) : report('unknown', { answer: answer(404), category: 'unknown' });
      },
    } satisfies Partial<GenerationVendor>),
  };
}
