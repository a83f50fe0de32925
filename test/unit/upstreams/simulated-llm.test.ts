import { languageOf, simulatedAnswer } from '../../../src/simulated/answers';
import { createGateway } from '../../../src/outbound/gateway';
import { createLlm, LLM, type Llm } from '../../../src/upstreams/llm';
import { startOpenAiStandIn } from '../../upstreams/openai';

const words = (text: string): number => text.split(/\s+/).length;

describe('the simulated answer', () => {
  it.each([
    ['en', 'What is a ledger?', /simulat/i],
    ['ko', '원장이 무엇인가요?', /모의|시뮬레이션/],
    ['ru', 'Что такое журнал?', /смоделирован|имитаци/],
  ])('in %s is plainly simulated, about the question, and of 40 to 120 words', (language, question, says) => {
    expect(languageOf(question)).toBe(language);
    for (let i = 0; i < 40; i++) {
      const asked = `${question} ${i}`;
      const answer = simulatedAnswer(asked);
      expect(answer).toMatch(says);
      expect(answer).toContain(asked);
      expect(simulatedAnswer(asked)).toBe(answer);
      expect(words(answer)).toBeGreaterThanOrEqual(40);
      expect(words(simulatedAnswer(`${asked} ${'a '.repeat(1_000)}`))).toBeLessThanOrEqual(120);
    }
  });

  it('differs from question to question', () => {
    const openings = new Set(Array.from({ length: 60 }, (_, i) => simulatedAnswer(`q${i}`).split(`q${i}`).join('')));
    expect(openings.size).toBeGreaterThan(10);
  });

  it('quotes no line breaks and no dollar patterns', () => {
    expect(simulatedAnswer("a\n\u0000b $& $' {q}")).toContain("a b $& $' {q}");
  });
});

describe('the simulated provider', () => {
  async function withLlm(pieceDelayMs: number, use: (llm: Llm) => Promise<void>, idleTimeoutMs = 200): Promise<void> {
    const vendor = await startOpenAiStandIn({ pieceDelayMs });
    const gateway = createGateway({ upstreams: [{ name: LLM, baseUrl: vendor.url, secret: vendor.secret, allowPrivate: true }] });
    try {
      await use(createLlm({ gateway, limits: { idleTimeoutMs, totalTimeoutMs: 5_000, maxBytes: 1_000_000 } }));
    } finally {
      await gateway.close();
      await vendor.close();
    }
  }
  async function ask(llm: Llm, content: string): Promise<string> {
    let text = '';
    const messages = [{ role: 'user', content: 'earlier' }, { role: 'assistant', content: 'x' }, { role: 'user', content }] as const;
    for await (const part of llm.streamChat({ model: 'm', messages })) {
      if ('text' in part) text += part.text;
    }
    return text;
  }

  it('answers the newest question', () => withLlm(0, async (llm) => {
    expect(await ask(llm, 'newest')).toBe(simulatedAnswer('newest'));
  }));

  it('fails when asked to', () => withLlm(0, async (llm) => {
    await expect(ask(llm, '/fail please')).rejects.toMatchObject({ refusal: { code: 'E5003' } });
  }));

  it('hangs in the middle when asked to', () => withLlm(0, async (llm) => {
    await expect(ask(llm, '/hang please')).rejects.toMatchObject({ refusal: { code: 'E5041' } });
  }));

  it('is slow when asked to', () => withLlm(1, async (llm) => {
    const pieceCount = words(simulatedAnswer('now'));
    const before = performance.now();
    expect(await ask(llm, '/slow now')).toBe(simulatedAnswer('now'));
    expect(performance.now() - before).toBeGreaterThan(pieceCount * 9);
  }));
});
