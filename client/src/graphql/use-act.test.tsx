import { act, renderHook } from '@testing-library/react';
import { createClient, type Exchange, type Operation, type OperationResult } from '@urql/core';
import { Provider } from 'urql';
import { fromPromise, mergeMap, pipe } from 'wonka';
import { document } from './document';
import type { Refused } from './problem';
import { useAct } from './use-act';

interface Input {
  name: string;
  idempotencyKey?: string;
}

interface Payload {
  done: boolean;
  errors: readonly Refused[];
}

const Rename = document<{ rename: Payload }, { input: Input }>('hash', 'mutation Rename($input:RenameInput!){rename(input:$input){done}}');

const refused = (code: Refused['code'], rule: string): Refused => ({ code, rule, path: null, correlationId: 'c', details: null });

/** A server that answers as told, one answer a request. */
function rig(answers: readonly ('lost' | 'done' | Refused)[]) {
  const keys: string[] = [];
  const server: Exchange = () => (operations$) => pipe(
    operations$,
    mergeMap((operation: Operation) => {
      keys.push((operation.variables as { input: Input }).input.idempotencyKey ?? '');
      const answer = answers[keys.length - 1];
      const lost = answer === 'lost';
      const errors = typeof answer === 'object' ? [answer] : [];
      const result = { operation, data: lost ? undefined : { rename: { done: errors.length === 0, errors } }, stale: false, hasNext: false };
      const error = { networkError: new Error('lost'), graphQLErrors: [] };
      return fromPromise(Promise.resolve({ ...result, error: lost ? error : undefined } as unknown as OperationResult));
    }),
  );
  const client = createClient({ url: '/graphql', exchanges: [server], preferGetMethod: false });
  const { result } = renderHook(() => useAct(Rename, ({ rename }) => rename), {
    wrapper: ({ children }) => <Provider value={client}>{children}</Provider>,
  });
  return { keys, run: (input: Input) => act(() => result.current.run(input)), act: result };
}

describe('a mutation', () => {
  it('repeats a lost request under the same key, and so has one effect', async () => {
    const { keys, run, act: held } = rig(['lost', 'done']);
    expect(await run({ name: 'Ada' })).toBeUndefined();
    expect(held.current.problems).toEqual([{ code: 'OFFLINE' }]);
    expect(await run({ name: 'Ada' })).toEqual({ done: true, errors: [] });
    expect(held.current.problems).toEqual([]);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it('takes another key for another input, and for the same one again once it has taken effect', async () => {
    const { keys, run } = rig(['lost', 'done', 'done']);
    await run({ name: 'Ada' });
    await run({ name: 'Grace' });
    await run({ name: 'Grace' });
    expect(new Set(keys).size).toBe(3);
  });

  it('takes another key after a refusal for good, which the server would only repeat', async () => {
    const { keys, run } = rig([refused('E4091', 'email_taken'), 'done']);
    expect(await run({ name: 'Ada' })).toBeUndefined();
    expect(await run({ name: 'Ada' })).toEqual({ done: true, errors: [] });
    expect(keys[1]).not.toBe(keys[0]);
  });

  it.each([
    refused('E4291', 'busy'), refused('E5041', 'outcome_unknown'), refused('E5002', 'database'), refused('E4091', 'in_progress'),
  ])('keeps the key while nothing was decided: $rule', async (passing) => {
    const { keys, run } = rig([passing, 'done']);
    await run({ name: 'Ada' });
    await run({ name: 'Ada' });
    expect(keys[1]).toBe(keys[0]);
  });
});
