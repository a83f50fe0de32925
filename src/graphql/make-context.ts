import { RefusedError } from '../../schema/errors/catalogue';
import type { Context, Principal } from './context';
import { loaders } from './loader';

/** What a transport knows about one request, or one event of a subscription. */
export interface RequestFacts {
  requestId: string;
  correlationId: string;
  principal: Principal;
  /** Network address of the caller. */
  address: string;
  device: string;
  signal: AbortSignal;
  minPosition: bigint | undefined;
  setSessionCookie(token: string | undefined): void;
}

/** Everything of a context that outlives the request. `db` depends on who asks: rows of other tenants do not exist for it. */
export type Services = Omit<Context, keyof RequestFacts | 'db' | 'loader' | 'waitForViews'> & { db(principal: Principal): Context['db'] };

export type MakeContext = (facts: RequestFacts) => Context;

/**
 * Makes contexts: one per HTTP request and one per event of a subscription, so loaders never serve stale or foreign
 * rows. Its methods go by `this`, because Apollo Server hands the resolvers a copy of what it is given.
 */
export function contextMaker({ db, ...services }: Services): MakeContext {
  // There may be tens of thousands of contexts a second: what outlives them is inherited, and the rest always in one shape.
  class MadeContext {
    readonly requestId: string;
    readonly correlationId: string;
    readonly principal: Principal;
    readonly address: string;
    readonly device: string;
    readonly signal: AbortSignal;
    readonly minPosition: bigint | undefined;
    readonly setSessionCookie: RequestFacts['setSessionCookie'];
    readonly loader = loaders();

    constructor(facts: RequestFacts) {
      this.requestId = facts.requestId;
      this.correlationId = facts.correlationId;
      this.principal = facts.principal;
      this.address = facts.address;
      this.device = facts.device;
      this.signal = facts.signal;
      this.minPosition = facts.minPosition;
      this.setSessionCookie = facts.setSessionCookie;
    }

    /** Of the caller as of now: signing in changes who that is. */
    get db(): Context['db'] {
      return db(this.principal);
    }
  }
  Object.assign(MadeContext.prototype, services, { waitForViews });
  return (facts) => new MadeContext(facts) as unknown as Context;
}

async function waitForViews(this: Context, ...views: string[]): Promise<void> {
  const { minPosition } = this;
  if (minPosition === undefined || (await this.live.waitFor(views, minPosition))) return;
  throw new RefusedError({
    code: 'E5041', rule: 'view_behind', message: 'What you ask for is not up to date yet. Try again in a moment.', retryAfterMs: 500,
    details: { views: views.join(', '), minPosition: minPosition.toString() },
  });
}
