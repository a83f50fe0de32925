import { openAiHandler } from '../../src/simulated/openai-protocol';
import { startStandIn, type StandIn } from './stand-in';

/** An OpenAI-compatible endpoint for tests; its `url` is the base URL, ending in `/v1`. Answers come without pauses. */
export async function startOpenAiStandIn({ pieceDelayMs = 0 }: { pieceDelayMs?: number } = {}): Promise<StandIn> {
  const secret = 'openai-test-not-a-key';
  const handler = openAiHandler({ apiKey: secret, models: ['gpt-4o-mini'], pieceDelayMs, now: () => new Date() });
  const standIn = await startStandIn(handler, secret);
  return { ...standIn, url: `${standIn.url}/v1` };
}
