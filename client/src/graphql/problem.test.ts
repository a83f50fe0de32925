import { CombinedError } from '@urql/core';
import { mayRetry, ofError, ofExtensions, ofRefusal } from './problem';

describe('problems', () => {
  it('take code, rule and correlation id from a top-level error', () => {
    const error = new CombinedError({ graphQLErrors: [{
      message: 'Too much.',
      extensions: { code: 'E4291', rule: 'cost_budget', correlationId: 'c', retryAfterMs: 1_500, details: { limit: 5 } },
    }] });
    expect(ofError(error)).toEqual({ code: 'E4291', rule: 'cost_budget', correlationId: 'c', retryAfterMs: 1_500, details: { limit: 5 } });
  });

  it('know an offline browser, an outdated client and a code from nowhere', () => {
    expect(ofError(new CombinedError({ networkError: new Error('down') }))).toEqual({ code: 'OFFLINE' });
    expect(ofExtensions({ code: 'E4001', rule: 'unknown_document', correlationId: 'c' })).toEqual({ code: 'OUTDATED', correlationId: 'c' });
    expect(ofExtensions({ code: 'INTERNAL_SERVER_ERROR' }).code).toBe('E5001');
  });

  it('put a refusal on the field it names', () => {
    const refused = { code: 'E4091', rule: 'email_taken', path: ['input', 'email'], correlationId: 'c', details: null } as const;
    expect(ofRefusal(refused)).toMatchObject({ code: 'E4091', rule: 'email_taken', field: 'email' });
  });

  it('offer another try only where it may help', () => {
    expect(mayRetry({ code: 'E5031' })).toBe(true);
    expect(mayRetry({ code: 'OFFLINE' })).toBe(true);
    expect(mayRetry({ code: 'E4031' })).toBe(false);
    expect(mayRetry({ code: 'V1001' })).toBe(false);
  });
});
