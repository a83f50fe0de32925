import fc from 'fast-check';
import { ANSWER_LENGTH, requestText, responseText } from '../../../commands/run/exchange';

const answer = (text: string, json?: unknown) => ({ status: 402, text, json, serviceCode: undefined, retryAfterMs: undefined });

describe('what is kept of an exchange', () => {
  it('has no secret and no address by which somebody could speak for the vendor', () => {
    const callback = 'https://keyledger.test/callbacks/legnext/t1/r1/1/0123abcd';
    const kept = requestText({ method: 'POST', path: '/diffusion', body: { text: 'a cat', api_key: 'not-a-real-key', callback } }, callback);
    expect(JSON.parse(kept)).toEqual({ text: 'a cat', api_key: 'no***ey', callback: '***' });
    expect(responseText(answer('{}', { code: 402, token: 'not-a-real-token' }), callback)).toBe('{"status":402,"body":{"code":402,"token":"no***en"}}');
  });

  it.each([
    ['in its words', (url: string) => answer(`We call you back at ${url} soon`)],
    ['with what it was asked', (url: string) => answer('{}', { input: { text: 'a cat', callback: url } })],
    ['spelled in another way', (url: string) => answer('{}', { hook: encodeURIComponent(url) })],
    ['where a long answer is cut', (url: string) => answer('{}', { callback: url, logs: 'x'.repeat(20_000) })],
    ['across the cut of a long answer', (url: string) => answer('x'.repeat(ANSWER_LENGTH - 200) + url + 'x'.repeat(1_000))],
  ])('has no such address either when the vendor says it again %s', (_where, said) => {
    const token = '0123456789abcdef'.repeat(4);
    const kept = responseText(said(`https://keyledger.test/callbacks/legnext/t1/r1/1/${token}`), `https://keyledger.test/callbacks/legnext/t1/r1/1/${token}`);
    expect(kept).toContain('callbacks');
    expect(kept).not.toContain(token.slice(0, 16));
    expect(JSON.parse(kept)).toMatchObject({ status: 402 });
  });

  it('has no picture that went along as text', () => {
    const kept = requestText({ method: 'POST', path: '/videos/image2video', body: { prompt: 'waves', image: 'A'.repeat(100_000) } }, undefined);
    expect(JSON.parse(kept)).toEqual({ prompt: 'waves', image: `${'A'.repeat(40)}… (100000 characters)` });
  });

  it('is JSON of bounded length whatever the vendor says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40_000 });
    fc.assert(fc.property(text, fc.option(fc.anything(), { nil: undefined }), (said, json) => {
      let plain: unknown;
      try {
        plain = JSON.parse(JSON.stringify(json) ?? '0') as unknown;
      } catch {
        return;
      }
      for (const kept of [responseText(answer(said), undefined), responseText(answer(said, { said, plain }), undefined)]) {
        expect(kept.length).toBeLessThanOrEqual(ANSWER_LENGTH);
        expect(JSON.parse(kept)).toMatchObject({ status: 402 });
      }
    }), { numRuns: 60 });
  });
});
