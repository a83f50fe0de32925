import { status, type sendUnaryData, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { ElectionsService, GossipService as ClusterGossipService } from '@eventstore/db-client/generated/cluster_grpc_pb';
import { MonitoringService } from '@eventstore/db-client/generated/monitoring_grpc_pb';
import { OperationsService } from '@eventstore/db-client/generated/operations_grpc_pb';
import { PersistentSubscriptionsService } from '@eventstore/db-client/generated/persistent_grpc_pb';
import { ProjectionsService } from '@eventstore/db-client/generated/projections_grpc_pb';
import { UsersService } from '@eventstore/db-client/generated/users_grpc_pb';
import { CallError, statusOf } from './errors';

/** What a cluster has and this store does not, by the name that a person would look for. */
const FEATURES: readonly [name: string, service: ServiceDefinition][] = [
  ['Persistent subscriptions', PersistentSubscriptionsService],
  ['Projections', ProjectionsService],
  ['User management', UsersService],
  ['Operations (scavenge, shutdown, merging of indexes)', OperationsService],
  ['Monitoring', MonitoringService],
  ['Replication between nodes', ClusterGossipService],
  ['Elections', ElectionsService],
];

type AnyCall = { emit(event: 'error', error: object): boolean };

/** Services that answer UNIMPLEMENTED in words that say what is missing and where it is to be had. */
export const unimplementedServices = FEATURES.map(([name, service]) => ({ service, implementation: refusals(name, service) }));

function refusals(name: string, service: ServiceDefinition): UntypedServiceImplementation {
  const refusal = statusOf(new CallError(
    status.UNIMPLEMENTED,
    `${name}: the embedded event store does not have this. An EventStoreDB or KurrentDB cluster does: set EVENTSTORE_URL to one.`,
  ));
  return Object.fromEntries(Object.entries(service).map(([method, { responseStream }]) => [
    method,
    (call: AnyCall, reply?: sendUnaryData<never>) => {
      if (responseStream) call.emit('error', refusal);
      else reply!(refusal);
    },
  ]));
}
