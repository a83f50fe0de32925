import type { Setting } from '../../src/graphql/context';
import type { RefusalRecorder, RefusedAct } from '../../src/graphql/refusals';

/** What a server that nobody has set up anything for says about itself. */
export const plainSetting: Setting = {
  version: 'test', simulatedLiteLlm: true, simulatedLlm: true, llmModel: 'gpt-4o-mini', publicUrl: 'http://keyledger.test',
  signIn: { google: false, oidc: undefined, signUp: false }, dailyRequests: 100,
  concurrency: { user: 1, global: 4, ttlMs: 1_200_000 },
  waiting: { caller: 1_000, tenant: 2_500 },
};

/** Keeps refusals where a test can see them. */
export function refusalsInMemory(): RefusalRecorder & { recorded: RefusedAct[] } {
  const recorded: RefusedAct[] = [];
  return { recorded, record: async (_caller, refused) => void recorded.push(refused) };
}
