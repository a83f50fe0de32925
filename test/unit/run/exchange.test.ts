import fc from 'fast-check';
import { ANSWER_LENGTH, requestText, responseText } from '../../../commands/run/exchange';

const answer = (text: string, json?: unknown) => ({ status: 402, text, json, serviceCode: undefined, retryAfterMs: undefined });

describe('what is kept of an exchange', () => {
  it('has no secret and no address by which somebody could speak for the vendor', () => {
    const callback = 'https://keyledger.test/callbacks/legnext/t1/r1/1/0123abcd';
    const kept = requestText({ method: 'POST', path: '/diffusion', body: { text: 'a cat', api_key: 'not-a-real-key', callback } }, callback);
    expect(JSON.parse(kept)).toEqual({ text: 'a cat', api_key: 'no***ey', callback: '***' });
    expect(responseText(answer('{}', { code: 402, token: 'not-a-real-token' }))).toBe('{"status":402,"body":{"code":402,"token":"no***en"}}');
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
      for (const kept of [responseText(answer(said)), responseText(answer(said, { said, plain }))]) {
        expect(kept.length).toBeLessThanOrEqual(ANSWER_LENGTH);
        expect(JSON.parse(kept)).toMatchObject({ status: 402 });
      }
    }), { numRuns: 60 });
  });
});
