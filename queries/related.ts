import type { Context, LoaderDefinition } from '../src/graphql/context';

/**
 * An object that another one names. Views advance apart, so its view is waited for (bounded) until it has come as far
 * as the object that names it, and as the caller's own writes; only then is it asked for, because a loader remembers
 * what it did not find.
 * @param position of the last change of the object that names it
 */
export async function related<Value>(
  context: Context, view: string, loader: LoaderDefinition<string, Value>, key: string, position: bigint,
): Promise<Value | undefined> {
  const { minPosition = position } = context;
  await context.live.waitFor([view], minPosition > position ? minPosition : position);
  return context.loader(loader).load(key);
}
