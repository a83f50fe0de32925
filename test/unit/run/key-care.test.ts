import { createKeyCare } from '../../../commands/run/key-care';
import type { FailureCategory } from '../../../schema/run/failure-category';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';

const NOW = 1_767_225_600_000;
const command = { commandId: 'c' } as CommandContext;

const STATUS: Partial<Record<FailureCategory, number>> = { authentication: 401, quota: 402, rate_limit: 429, server_error: 500, network: -1 };

/** Rests that were given, in seconds. */
function care() {
  const rests: { keyId: string; seconds: number; reason: string }[] = [];
  const execute = async (_aggregate: unknown, _id: string, { keyId, until, reason }: { keyId: string; until: number; reason: string }) =>
    void rests.push({ keyId, seconds: (until - NOW) / 1_000, reason });
  const keyCare = createKeyCare({ commands: { execute } as unknown as CommandRuntime, clock: () => new Date(NOW) });
  const answered = (category: FailureCategory | undefined, status: number, serviceCode?: number) =>
    keyCare.called({ pool: 'legnext', keyId: 'k1', category, answer: { status, serviceCode, retryAfterMs: undefined }, command });
  const called = (category: FailureCategory | undefined, keyId = 'k1', retryAfterMs?: number) =>
    keyCare.called({ pool: 'legnext', keyId, category, answer: { status: category ? STATUS[category] ?? 400 : 200, serviceCode: undefined, retryAfterMs }, command });
  return { rests, called, answered };
}

describe('a key', () => {
  it('rests as long as its refusal asks for', async () => {
    const { rests, called } = care();
    await called('authentication');
    await called('quota');
    await called('rate_limit');
    await called('rate_limit', 'k1', 7_000);
    await called('rate_limit', 'k1', 86_400_000);
    expect(rests.map(({ seconds, reason }) => [seconds, reason])).toEqual([[600, 'credentials'], [3_600, 'quota'], [60, 'rate'], [7, 'rate'], [3_600, 'rate']]);
  });

  it('rests for a moment when its vendor has failed three times in a row on it, and on it alone', async () => {
    const { rests, called } = care();
    await called('server_error');
    await called('network');
    await called('server_error', 'k2');
    expect(rests).toEqual([]);
    await called('server_error');
    expect(rests).toEqual([{ keyId: 'k1', seconds: 30, reason: 'outage' }]);
    await called('server_error');
    await called('server_error');
    await called(undefined);
    await called('server_error');
    expect(rests).toHaveLength(1);
  });

  it.each<[string, FailureCategory, number, number | undefined]>([
    ['words that may be those of a prompt', 'quota', 400, undefined],
    ['words that may be those of a prompt, with the vendor\'s status as its code', 'quota', 400, 400],
    ['a 403 that may come from a wall before the vendor', 'authentication', 403, undefined],
    ['a model that the account may not have', 'authentication', 403, 1103],
  ])('is not sent to a long rest by %s', async (_what, category, status, serviceCode) => {
    const { rests, answered } = care();
    await answered(category, status, serviceCode);
    await answered(category, status, serviceCode);
    await answered(undefined, 200);
    expect(rests).toEqual([]);
    for (let times = 0; times < 3; times++) await answered(category, status, serviceCode);
    expect(rests).toEqual([{ keyId: 'k1', seconds: 30, reason: 'outage' }]);
  });

  it.each<[FailureCategory, number, number | undefined, string]>([
    ['quota', 429, 1102, 'quota'], ['quota', 200, 1101, 'quota'], ['authentication', 403, 1304, 'credentials'], ['authentication', -1, undefined, 'credentials'],
  ])('rests after %s with status %i and code %s', async (category, status, serviceCode, reason) => {
    const { rests, answered } = care();
    await answered(category, status, serviceCode);
    expect(rests).toMatchObject([{ reason }]);
  });

  it('goes on after what is not its fault', async () => {
    const { rests, called } = care();
    for (const category of [undefined, 'parameters', 'content_policy', 'timeout', 'unknown'] as const) await called(category);
    expect(rests).toEqual([]);
  });
});
