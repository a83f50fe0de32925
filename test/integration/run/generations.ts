import { concurrencySlots, SLOTS, type ConcurrencySlotCommand } from '../../../commands/concurrency-slot/decider';
import { keyPool, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import { run, type RunCommand } from '../../../commands/run/decider';
import { parametersPlace, reportPlace, requestPlace, responsePlace, sourcePlace } from '../../../commands/run/sealed-places';
import type { RunOutputData, RunRequest } from '../../../schema/run/events';
import type { CommandContext } from '../../../src/command-runtime/port';
import type { ApiSetting, Person } from '../chat-session/api-setting';

export const PARAMETERS = { prompt: 'a quiet harbour', options: null };
export const POOL = 'legnext-simulated';

type Generation = NonNullable<RunRequest['generation']>;

/** Whose runs these are. */
const tenant = 't1';
let commands = 0;

/** Writes into the log what becomes of generations, as the commands of the product do. */
export function generationsIn(api: ApiSetting, { pool = POOL } = {}) {
  const command = (): CommandContext => {
    const id = `command ${++commands}`;
    return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant };
  };

  async function act(runId: string, what: RunCommand): Promise<void> {
    const outcome = await api.commands.execute(run, runId, what, command());
    if (!outcome.accepted) throw new Error(`${what.type} was refused: ${outcome.refusal.message}`);
  }

  const place = (runId: string) => ({ tenant, runId });
  const seal = (at: Parameters<typeof api.vault.seal>[0], value: unknown) => api.vault.seal(at, JSON.stringify(value));

  return {
    act,
    async request(runId: string, who: Person, more: Partial<RunRequest> = {}, generation: Partial<Generation> = {}): Promise<void> {
      const request: RunRequest = {
        runId, kind: 'image', model: 'midjourney', provider: 'legnext', requestedBy: who.userId, simulated: true,
        generation: {
          operation: 'legnext_diffusion', pool, scenario: 'success', parameters: await seal(parametersPlace(place(runId)), PARAMETERS),
          autoPoll: true, pollIntervalMs: 2_000, maxWaitMs: 120_000, maxQueueMs: 120_000, at: Date.now(), ...generation,
        },
        ...more,
      };
      await act(runId, { type: 'RequestRun', request });
    },
    queue: (runId: string, attempt = 1) => act(runId, { type: 'QueueRun', attempt }),
    lease: (runId: string, attempt = 1) =>
      act(runId, { type: 'LeaseRun', attempt, leaseId: `${pool}/lease-of-${runId}`, keyId: `${pool}/k1`, keyName: 'mock-1', token: 1 }),
    async submit(runId: string, attempt = 1): Promise<void> {
      const request = await seal(requestPlace(place(runId), attempt), { text: 'a quiet harbour', callback: '***' });
      await act(runId, {
        type: 'BeginSubmission', attempt, driver: 'd1', leaseId: `${pool}/lease-of-${runId}`, externalId: runId, endpoint: '/diffusion', request, at: Date.now(),
      });
      const response = await seal(responsePlace(place(runId), attempt), { status: 200, body: { job_id: 'job-1', status: 'pending' } });
      await act(runId, { type: 'RecordSubmission', attempt, jobId: 'job-1', httpStatus: 200, response });
    },
    poll: (runId: string, attempt = 1) => act(runId, { type: 'StartPolling', attempt }),
    status: (runId: string, status: string, attempt = 1) => act(runId, { type: 'RecordVendorStatus', attempt, status }),
    async succeed(runId: string, outputs: Omit<RunOutputData, 'source'>[] = []): Promise<void> {
      const sealed = await Promise.all(outputs.map(async (output) => ({
        ...output, source: await api.vault.seal(sourcePlace(place(runId), output.outputId), `https://cdn.vendor.test/${output.outputId}.png`),
      })));
      const response = await seal(responsePlace(place(runId), 1), { status: 200, body: { status: 'completed' } });
      await act(runId, {
        type: 'CompleteRun', attempt: 1, promptTokens: null, completionTokens: null, cost: null, durationMs: 5_000, outputRef: null, outputs: sealed,
        httpStatus: 200, response, usage: { unit: 'points', amount: 1.5 },
      });
    },
    async fail(runId: string, attempt = 1): Promise<void> {
      const response = await seal(responsePlace(place(runId), attempt), { status: 402, body: { message: 'insufficient quota' } });
      await act(runId, { type: 'FailRun', attempt, code: 'E5003', reason: 'insufficient quota', durationMs: 700, category: 'quota', httpStatus: 402, serviceCode: null, response });
    },
    async diagnose(runId: string, report: object, attempt = 1): Promise<void> {
      await act(runId, { type: 'DiagnoseRun', attempt, model: 'gpt-4o-mini', report: await seal(reportPlace(place(runId), attempt), report) });
    },
    async pool(what: KeyPoolCommand): Promise<void> {
      const outcome = await api.commands.execute(keyPool, pool, what, command());
      if (!outcome.accepted) throw new Error(`${what.type} was refused: ${outcome.refusal.message}`);
    },
    /** A key that carries one lease at once. */
    async key(name: string, rpmLimit: number | null = null): Promise<void> {
      await this.pool({
        type: 'AddProviderKey', keyId: `${pool}/${name}`, name, lastFour: '0000', fingerprint: name, secretRef: `${tenant}/${name}`, concurrencyLimit: 1, rpmLimit,
        priority: 0, tenantScope: '*', now: Date.now(),
      });
    },
    async slot(what: ConcurrencySlotCommand): Promise<void> {
      await api.commands.execute(concurrencySlots, SLOTS, what, command());
    },
  };
}

export type Generations = ReturnType<typeof generationsIn>;
