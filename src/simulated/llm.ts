import { randomBytes } from 'node:crypto';
import { listenerOf, serve } from './http-server';
import { SIMULATED_MODELS, type SimulatedVendor } from './litellm';
import { openAiHandler } from './openai-protocol';

/** About as fast as a hosted model writes. */
const PIECE_DELAY_MS = 25;

/** An OpenAI-compatible endpoint on loopback for installations without one; its `url` is the base URL, ending in `/v1`. */
export async function startSimulatedLlm(): Promise<SimulatedVendor> {
  const secret = randomBytes(24).toString('base64url');
  const handler = openAiHandler({ apiKey: secret, models: SIMULATED_MODELS, pieceDelayMs: PIECE_DELAY_MS, now: () => new Date() });
  const server = await serve(listenerOf(handler));
  return { url: `${server.url}/v1`, close: server.close, secret };
}
