import type { GraphQLFormattedError } from 'graphql';

/** Header of an answer with errors after which trying again makes sense: whole seconds, as HTTP has them. */
export function retryAfter(errors: readonly Pick<GraphQLFormattedError, 'extensions'>[]): { 'retry-after'?: string } {
  const milliseconds = errors.map(({ extensions }) => extensions?.['retryAfterMs']).find((value) => typeof value === 'number');
  return milliseconds === undefined ? {} : { 'retry-after': String(Math.ceil(milliseconds / 1_000)) };
}
