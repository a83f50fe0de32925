import type { ReactElement } from 'react';
import { createClient, makeErrorResult, type Exchange, type Operation, type OperationResult } from '@urql/core';
import { Kind } from 'graphql';
import { Provider } from 'urql';
import { filter, fromPromise, mergeMap, pipe } from 'wonka';

/** What a document asks for, and with what. */
export interface Asked {
  name: string;
  variables: Record<string, any>;
}

/** Answers by the name of the operation; undefined is a server that cannot be reached. */
export type Answers = Record<string, (variables: Record<string, any>) => object | undefined>;

const nameOf = (operation: Operation): string => {
  const definition = operation.query.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return definition && 'name' in definition ? (definition.name?.value ?? '') : '';
};

export type FakeServer = ReturnType<typeof fakeServer>;

/** A server for components: it answers as told and remembers what it was asked. */
export function fakeServer(answers: Answers) {
  const asked: Asked[] = [];

  function answer(operation: Operation): OperationResult {
    const name = nameOf(operation);
    const variables = operation.variables as Record<string, any>;
    asked.push({ name, variables });
    const data = answers[name]?.(variables);
    return data ? { operation, data, error: undefined, extensions: undefined, stale: false, hasNext: false }
      : makeErrorResult(operation, new Error(`No answer to ${name}`));
  }

  const server: Exchange = () => (operations) => pipe(
    operations,
    filter(({ kind }) => kind !== 'teardown'),
    mergeMap((operation) => fromPromise(Promise.resolve().then(() => answer(operation)))),
  );
  const client = createClient({ url: '/graphql', exchanges: [server], preferGetMethod: false });
  return {
    asked,
    /** Inputs of a mutation in the order they came, without their idempotency keys. */
    inputs: (name: string) => asked.filter((one) => one.name === name)
      .map(({ variables: { input } }): Record<string, any> => ({ ...input, idempotencyKey: undefined })),
    around: (element: ReactElement) => <Provider value={client}>{element}</Provider>,
  };
}

/** A refusal as the API writes it. */
export const refusal = (rule: string, path: readonly string[] | null = null, code = 'V1001') => ({
  __typename: 'InvalidInputError', code, rule, message: rule, path, recovery: 'UPDATE_INPUT', correlationId: 'c-1', details: null,
});
