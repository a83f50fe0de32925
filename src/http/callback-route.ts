import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RefusedError } from '../../schema/errors/catalogue';
import type { Budget } from '../graphql/budget';
import { payerOf } from './caller';

/** Who takes what vendors say of their work. */
export interface VendorCallbacks {
  /** @param body as JSON, undefined when it is none. @returns false when the token of the address is not the right one */
  received(path: { tenant: string; runId: string; attempt: string; token: string }, body: unknown): Promise<boolean>;
}

type CallbackRequest = FastifyRequest<{ Params: { tenant: string; runId: string; attempt: string; token: string } }>;

const MAX_BODY_BYTES = 256 * 1024;
/** Points of cost: whoever guesses tokens is soon asked to wait. */
const COST = 20;

/**
 * Serves `POST /callbacks/legnext/<tenant>/<run>/<attempt>/<token>`: 204 to whoever knows the token, whatever they say, and
 * 404 to everybody else. What is said is a hint to go and ask the vendor, so that a body nobody can read still is one.
 */
export async function registerCallbackRoute(app: FastifyInstance, { callbacks, budget }: { callbacks: VendorCallbacks; budget: Budget }): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => done(null, parseJson(String(body))));
    scope.addHook('onRequest', async (request) => {
      budget.spend(payerOf({ kind: 'anonymous' }, request.ip), COST);
    });
    scope.setErrorHandler(async (error: Error & { code?: string }, request, reply) => {
      if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return take(request as CallbackRequest, reply, undefined);
      throw error;
    });
    scope.post('/callbacks/legnext/:tenant/:runId/:attempt/:token', { bodyLimit: MAX_BODY_BYTES },
      async (request: CallbackRequest, reply) => take(request, reply, request.body));
  });

  async function take({ params }: CallbackRequest, reply: FastifyReply, body: unknown): Promise<FastifyReply> {
    const right = /^\d{1,9}$/.test(params.attempt) && await callbacks.received(params, body);
    if (!right) throw new RefusedError({ code: 'E4041', rule: 'route', message: 'There is nothing at this path.' });
    return reply.code(204).send();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
