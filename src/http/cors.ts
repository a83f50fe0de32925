import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { originsOf } from './origins';

const SENT = ['content-type', 'authorization', 'x-api-key', 'x-min-position', 'x-correlation-id', 'apollo-require-preflight'];
const SHOWN = ['x-request-id', 'x-correlation-id', 'retry-after'];
const PREFLIGHT_SECONDS = 600;

/** Lets pages of these very origins read answers, also with the caller's cookie; to all others nothing is said. */
export async function allowOrigins(app: FastifyInstance, allowed: readonly string[]): Promise<void> {
  const origins = originsOf(allowed);
  await app.register(cors, {
    origin: (origin, answer) => answer(null, origin !== undefined && origins.allowsPage(origin)),
    credentials: true,
    methods: ['GET', 'POST', 'PUT'],
    allowedHeaders: SENT,
    exposedHeaders: SHOWN,
    maxAge: PREFLIGHT_SECONDS,
  });
}
