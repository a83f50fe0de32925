import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Label values are closed sets: routes and codes, never ids or names that a caller chooses. */
export interface HttpMetrics {
  requests: Histogram<'route' | 'method' | 'status'>;
  operations: Counter<'transport' | 'kind' | 'code'>;
  sockets: Gauge;
  subscriptions: Gauge;
  socketsClosed: Counter<'code'>;
}

export function httpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  return {
    requests: new Histogram({
      name: 'http_request_duration_seconds', help: 'Time from request to answer.',
      labelNames: ['route', 'method', 'status'], buckets: SECONDS, registers,
    }),
    operations: new Counter({
      name: 'graphql_operations_total', help: 'GraphQL operations by outcome: ok, or the first error code.',
      labelNames: ['transport', 'kind', 'code'], registers,
    }),
    sockets: new Gauge({ name: 'websocket_sockets', help: 'Open WebSockets.', registers }),
    subscriptions: new Gauge({ name: 'websocket_subscriptions', help: 'Running subscriptions.', registers }),
    socketsClosed: new Counter({
      name: 'websocket_closed_total', help: 'WebSockets closed, by close code.', labelNames: ['code'], registers,
    }),
  };
}
