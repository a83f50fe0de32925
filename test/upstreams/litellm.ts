import { keysInMemory, type KeyShelf } from '../../src/simulated/litellm-keys';
import { liteLlmHandler } from '../../src/simulated/litellm-protocol';
import { startStandIn, type StandIn } from './stand-in';

export interface LiteLlmStandIn extends StandIn {
  /** What it holds, for tests that look for orphans. */
  keys: KeyShelf;
}

/** A LiteLLM proxy for tests: the master key is checked, keys are kept by hash, aliases are unique. */
export async function startLiteLlmStandIn({ models = ['gpt-4o', 'gpt-4o-mini'] }: { models?: readonly string[] } = {}): Promise<LiteLlmStandIn> {
  const secret = 'master-test-not-a-key';
  const keys = keysInMemory();
  const standIn = await startStandIn(liteLlmHandler({ keys, masterKey: secret, models, now: () => new Date() }), secret);
  return { ...standIn, keys };
}
