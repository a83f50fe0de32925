import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

/** One thing the server cannot work without. */
export interface ReadinessCheck {
  /** Closed set, for example `event_store`, `postgres`, `projections`. */
  name: string;
  /** Answers whether it works, with figures that are safe to show; throwing means it does not. */
  check(): Promise<{ ok: boolean; details?: Readonly<Record<string, string | number | boolean | null>> }>;
}

interface Finding {
  name: string;
  ok: boolean;
  milliseconds: number;
  details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** A check that takes longer counts as failed: whoever asks has a deadline of their own. */
const CHECK_MS = 1_000;

/**
 * `/health`: the process lives, whatever it depends on. `/ready`: it can serve; 503 otherwise, and as soon as it drains.
 * `/health/detailed`: the same with figures. `/metrics`: Prometheus.
 */
export function registerHealth(
  app: FastifyInstance,
  { checks, registry, draining }: { checks: readonly ReadinessCheck[]; registry: Registry; draining(): boolean },
): void {
  app.get('/health', async () => ({ status: 'ok', service: 'keyledger' }));

  app.get('/ready', async (_request, reply) => {
    const findings = await Promise.all(checks.map(find));
    const ready = !draining() && findings.every(({ ok }) => ok);
    return reply.code(ready ? 200 : 503).send({
      status: statusOf(ready, draining()), failing: findings.filter(({ ok }) => !ok).map(({ name }) => name),
    });
  });

  app.get('/health/detailed', async (_request, reply) => {
    const findings = await Promise.all(checks.map(find));
    const ready = !draining() && findings.every(({ ok }) => ok);
    return reply.code(ready ? 200 : 503).send({
      status: statusOf(ready, draining()), upSeconds: Math.floor(process.uptime()), checks: findings,
    });
  });

  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}

function statusOf(ready: boolean, draining: boolean): string {
  if (draining) return 'draining';
  return ready ? 'ready' : 'not_ready';
}

async function find({ name, check }: ReadinessCheck): Promise<Finding> {
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ ok: false }>((resolve) => {
    timer = setTimeout(resolve, CHECK_MS, { ok: false });
  });
  // The reason of a failure may name hosts and accounts, so it is not for this page; whoever failed has logged it.
  const found = await Promise.race([check().catch(() => ({ ok: false })), late]);
  clearTimeout(timer);
  return { name, milliseconds: Math.round(performance.now() - start), ...found };
}
