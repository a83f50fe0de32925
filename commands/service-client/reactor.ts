import { serviceClientEvents } from '../../schema/service-client/events';
import type { Auth } from '../../src/auth/port';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import type { Reactor } from '../../src/projection-runtime/projector';
import { settleServiceClient } from './standing';

export const SETTLE_SERVICE_CLIENT = 'settle-service-client';

/** Makes sure that keys of service clients are judged by what the log says, also when the server died right after the append. */
export const serviceClientReactor: Reactor<typeof serviceClientEvents> = {
  name: 'service_client_standing',
  events: serviceClientEvents,
  react: (events) => events.map(({ data: { clientId } }) => ({
    kind: 'job', task: SETTLE_SERVICE_CLIENT, payload: { clientId }, jobKey: `${SETTLE_SERVICE_CLIENT}:${clientId}`,
  })),
};

/** Task `settle-service-client`: the newest rights of one service client. */
export function settleServiceClientTask(services: { commands: CommandRuntime; auth: Pick<Auth, 'standings'> }): Task {
  return ({ clientId }: { clientId: string }) => settleServiceClient(services, clientId);
}
