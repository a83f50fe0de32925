import { setTimeout as sleep } from 'node:timers/promises';
import { Resolver, Root, Subscription } from 'type-graphql';
import { Overview } from '../../schema/overview/types';
import type { Context } from '../../src/graphql/context';
import { allows, Policy } from '../../src/graphql/policy';
import { tenantOf } from '../../src/graphql/tenant';
import { createLru } from '../../src/lru';
import { readOverview } from './queries';

/** Figures are for eyes: more often than this nobody sees a difference. */
const PERIOD_MS = 250;
/** Readings kept, and for how long. */
const TENANTS = 1_000;
const KEPT_MS = 60_000;

/** One reading a tenant and period serves all its subscribers of this process who may see the same. */
const shared = createLru<string, { at: string; overview: Promise<Overview> }>(TENANTS, KEPT_MS, Date.now);

@Resolver()
export class OverviewSubscriptions {
  @Subscription(() => Overview, {
    description: 'The figures whenever they may have changed, at most four times a second.',
    subscribe: ({ context }) => overviews(context as Context),
  })
  @Policy('operations:read')
  overviewChanged(@Root() overview: Overview): Overview {
    return overview;
  }
}

/** Not an async generator: those cannot be ended while they wait. */
function overviews(context: Context): AsyncIterableIterator<Overview> {
  const ended = new AbortController();
  let last = '';
  const end = async (): Promise<IteratorResult<Overview>> => {
    ended.abort();
    return { done: true, value: undefined };
  };
  return {
    async next() {
      while (!ended.signal.aborted && !context.signal.aborted) {
        const now = placeOf(context);
        if (now !== last) {
          last = now;
          return { done: false, value: await sharedOverview(context, now) };
        }
        await sleep(PERIOD_MS, undefined, { signal: ended.signal }).catch(() => {});
      }
      return { done: true, value: undefined };
    },
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** What the figures depend on, as one text: equal texts, equal figures. */
function placeOf(context: Context): string {
  return [...context.live.positions()].map(([view, position]) => `${view}:${position}`).join();
}

function sharedOverview(context: Context, at: string): Promise<Overview> {
  const key = `${tenantOf(context)} ${allows(context, 'tenants:manage')}`;
  const known = shared.get(key);
  if (known?.at === at) return known.overview;
  const overview = readOverview(context);
  shared.set(key, { at, overview });
  overview.catch(() => shared.delete(key));
  return overview;
}
