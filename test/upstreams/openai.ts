import type { Handler } from '../../src/simulated/http-server';
import { openAiHandler } from '../../src/simulated/openai-protocol';
import { startStandIn, type StandIn } from './stand-in';

export interface OpenAiStandIn extends StandIn {
  /** What it answers to every question, in place of its own words. */
  says: string | undefined;
}

/** An OpenAI-compatible endpoint for tests; its `url` is the base URL, ending in `/v1`. Answers come without pauses. */
export async function startOpenAiStandIn({ pieceDelayMs = 0 }: { pieceDelayMs?: number } = {}): Promise<OpenAiStandIn> {
  const secret = 'openai-test-not-a-key';
  const usual = openAiHandler({ apiKey: secret, models: ['gpt-4o-mini'], pieceDelayMs, now: () => new Date() });
  const handler: Handler = (call) => (standIn.says === undefined || call.token !== secret
    ? usual(call)
    : { status: 200, contentType: 'text/event-stream', body: framesOf(standIn.says) });
  const standIn: OpenAiStandIn = { ...await startStandIn(handler, secret), says: undefined };
  standIn.url = `${standIn.url}/v1`;
  return standIn;
}

function framesOf(text: string): string {
  const pieces = text.match(/.{1,20}/gsu) ?? [];
  const deltas = [...pieces.map((content) => ({ index: 0, delta: { content }, finish_reason: null })), { index: 0, delta: {}, finish_reason: 'stop' }];
  return [...deltas.map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`), 'data: [DONE]\n\n'].join('');
}
