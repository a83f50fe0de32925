import type { sendUnaryData } from '@grpc/grpc-js';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import type { ServiceDefinition } from '@grpc/grpc-js';

/** Clients parse the three numbers in front, so they must stay. */
export const SERVER_VERSION = '23.10.0-embedded';

/** `ServerFeatures.GetSupportedMethods`: exactly the methods of these services. Clients choose batch append by it. */
export function serverFeatures(services: readonly ServiceDefinition[]): (call: unknown, reply: sendUnaryData<SupportedMethods>) => void {
  const methods = services.flatMap((service) => Object.values(service)).map(({ path }) => {
    const [, serviceName = '', methodName = ''] = path.toLowerCase().split('/');
    return new SupportedMethod().setServiceName(serviceName).setMethodName(methodName);
  });
  const answer = new SupportedMethods().setEventStoreServerVersion(SERVER_VERSION).setMethodsList(methods);
  return (_call, reply) => reply(null, answer);
}
