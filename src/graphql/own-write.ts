import type { Context, LoaderDefinition } from './context';

/**
 * The object that a mutation has just changed, read from its view once the view has seen the change. Null when the view
 * stays behind for longer than the bounded wait: rather nothing than something stale.
 */
export async function ownWrite<Value>(context: Context, view: string, loader: LoaderDefinition<string, Value>, key: string | undefined): Promise<Value | null> {
  if (key === undefined || !(await seesOwnWrite(context, view))) return null;
  return (await context.loader(loader).load(key)) ?? null;
}

/** Waits (bounded) until a view has seen what a mutation has just changed. Never throws: the change is made. */
export async function seesOwnWrite({ live, minPosition }: Context, view: string): Promise<boolean> {
  return minPosition !== undefined && live.waitFor([view], minPosition);
}
