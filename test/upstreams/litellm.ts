import { keysInMemory, type KeyShelf } from '../../src/simulated/litellm-keys';
import { liteLlmHandler } from '../../src/simulated/litellm-protocol';
import { startStandIn, type StandIn } from './stand-in';

export interface LiteLlmStandIn extends StandIn {
  /** What it holds, for tests that look for orphans. */
  keys: KeyShelf;
}

/** A LiteLLM proxy for tests: the master key is checked, keys are kept by hash, aliases are unique. */
export async function startLiteLlmStandIn(): Promise<LiteLlmStandIn> {
  const secret = 'master-test-not-a-key';
  const keys = keysInMemory();
  const handler = liteLlmHandler({ keys, masterKey: secret, models: ['gpt-4o', 'gpt-4o-mini'], now: () => new Date() });
  const standIn = await startStandIn(handler, secret);
  return { ...standIn, keys };
}
