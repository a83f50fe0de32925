import { AccountMutations } from '../commands/account/mutations';
import { ownersReactor, SETTLE_OWNER, SETTLE_STANDING, settleOwnerTask, settleStandingTask, standingReactor } from '../commands/user/reactor';
import { ANSWER_MESSAGE, answerMessageTask, type AnsweringServices } from '../commands/chat-session/answering';
import { ChatSessionMutations } from '../commands/chat-session/mutations';
import { answerMessagesReactor } from '../commands/chat-session/reactor';
import { ClientKeyMutations } from '../commands/client-key/mutations';
import { clientKeyReactor, keysOfDeletedOwnersReactor, REVOKE_KEYS_OF_OWNER, revokeKeysOfOwnerTask, SETTLE_CLIENT_KEY, settleClientKeyTask } from '../commands/client-key/reactor';
import { IdentityMutations } from '../commands/identity/mutations';
import { FREE_IDENTITIES, freeIdentitiesTask, identitiesReactor, SETTLE_IDENTITY, settleIdentityTask } from '../commands/identity/reactor';
import { EntitlementMutations } from '../commands/entitlement/mutations';
import { featuresReactor, SETTLE_FEATURES, settleFeaturesTask } from '../commands/entitlement/reactor';
import { TenantMutations } from '../commands/tenant/mutations';
import { SETTLE_LOGO, SETTLE_TENANT, settleLogoTask, settleTenantTask, tenantStandingReactor } from '../commands/tenant/reactor';
import { loginNamesReactor, SETTLE_LOGIN_NAME, settleLoginNameTask } from '../commands/login-name/reactor';
import { DIAGNOSE_RUN, diagnoseRunsReactor, diagnoseRunTask, type DiagnosisServices } from '../commands/run/diagnose-run';
import { LoadTestMutations } from '../commands/load-test/mutations';
import { loadTestsReactor, RUN_LOAD_TEST, runLoadTestTask, type LoadTestServices } from '../commands/load-test/reactor';
import { KeyPoolAdministration } from '../commands/key-pool/manage-mutations';
import * as leaseRequests from '../commands/key-pool/lease-request';
import { KeyPoolMutations } from '../commands/key-pool/mutations';
import { providerKeySecretsReactor, SETTLE_PROVIDER_KEY_SECRETS, settleProviderKeySecretsTask } from '../commands/key-pool/secrets-reactor';
import { ServiceClientMutations } from '../commands/service-client/mutations';
import { EXPIRE_SLOTS, expireSlotsTask } from '../commands/concurrency-slot/expire-slots';
import { RunMutations } from '../commands/run/mutations';
import { DRIVE_RUN, driveRunsReactor, driveRunTask, type DrivingServices } from '../commands/run/reactor';
import { serviceClientReactor, SETTLE_SERVICE_CLIENT, settleServiceClientTask } from '../commands/service-client/reactor';
import { SessionMutations } from '../commands/session/mutations';
import { SignInMutations } from '../commands/sign-in/mutations';
import { UserMutations } from '../commands/user/mutations';
import { VirtualKeyMutations } from '../commands/virtual-key/mutations';
import { PROVISION_VIRTUAL_KEY, provisionKeysReactor, provisionVirtualKeyTask } from '../commands/virtual-key/reactor';
import { preferencesProjector } from '../projections/account/projector';
import { auditLogProjector } from '../projections/audit-log/projector';
import { loadTestsProjector } from '../projections/load-test/projector';
import { chatSessionsProjector } from '../projections/chat-session/projector';
import { clientKeysProjector } from '../projections/client-key/projector';
import { concurrencySlotsProjector } from '../projections/concurrency-slot/projector';
import { keyPoolsProjector } from '../projections/key-pool/projector';
import { messagesProjector } from '../projections/message/projector';
import { runsProjector } from '../projections/run/projector';
import { serviceClientsProjector } from '../projections/service-client/projector';
import { tenantsProjector } from '../projections/tenant/projector';
import { usersProjector } from '../projections/user/projector';
import { virtualKeysProjector } from '../projections/virtual-key/projector';
import { entitlementsProjector } from '../projections/entitlement/projector';
import { AuditLogQueries } from '../queries/audit-log/queries';
import { AuditLogSubscriptions } from '../queries/audit-log/subscriptions';
import * as chatSessionQueries from '../queries/chat-session/queries';
import { ChatSessionSubscriptions } from '../queries/chat-session/subscriptions';
import * as clientKeyQueries from '../queries/client-key/queries';
import { ClientKeySubscriptions } from '../queries/client-key/subscriptions';
import * as entitlementQueries from '../queries/entitlement/queries';
import * as tenantQueries from '../queries/tenant/queries';
import { LeaseRequestFields } from '../queries/key-pool/lease-request';
import * as keyPoolQueries from '../queries/key-pool/queries';
import { KeyPoolSubscriptions } from '../queries/key-pool/subscriptions';
import * as loadTestQueries from '../queries/load-test/queries';
import { LoadTestSubscriptions } from '../queries/load-test/subscriptions';
import { OverviewQueries } from '../queries/overview/queries';
import { OverviewSubscriptions } from '../queries/overview/subscriptions';
import { ConcurrencyQueries } from '../queries/concurrency-slot/queries';
import * as runPayloads from '../queries/run/payloads';
import { RunQueries } from '../queries/run/queries';
import { RunSubscriptions } from '../queries/run/subscriptions';
import * as accountQueries from '../queries/account/queries';
import * as serviceClientQueries from '../queries/service-client/queries';
import { ServiceClientSubscriptions } from '../queries/service-client/subscriptions';
import { SessionQueries, UserSessions } from '../queries/session/queries';
import { ViewerFields } from '../queries/session/viewer';
import * as userQueries from '../queries/user/queries';
import { UserSubscriptions } from '../queries/user/subscriptions';
import { IssueKeyPayloadFields, UserVirtualKeys, VirtualKeyQueries } from '../queries/virtual-key/queries';
import { VirtualKeySubscriptions } from '../queries/virtual-key/subscriptions';
import { chatSessionEvents } from '../schema/chat-session/events';
import { clientKeyEvents } from '../schema/client-key/events';
import { concurrencySlotEvents } from '../schema/concurrency-slot/events';
import type { EventDefinitions } from '../schema/define-events';
import { entitlementEvents } from '../schema/entitlement/events';
import { identityEvents } from '../schema/identity/events';
import { keyAliasEvents } from '../schema/key-alias/events';
import { keyPoolEvents } from '../schema/key-pool/events';
import { loadTestEvents } from '../schema/load-test/events';
import { loginNameEvents } from '../schema/login-name/events';
import { refusedActEvents } from '../schema/refused-act/events';
import { runEvents } from '../schema/run/events';
import { serviceClientEvents } from '../schema/service-client/events';
import { sessionEvents } from '../schema/session/events';
import { signInEvents } from '../schema/sign-in/events';
import { tenantEvents } from '../schema/tenant/events';
import { userEvents } from '../schema/user/events';
import { virtualKeyEvents } from '../schema/virtual-key/events';
import { NodeResolver } from './graphql/node';
import type { Tasks } from './jobs/port';
import type { AnyProjector, AnyReactor } from './projection-runtime/projector';

/** The one place where the runtime learns which capabilities there are. A new one adds its lines here. */

/** Every event type of the product. */
export const eventDefinitions: EventDefinitions = {
  ...tenantEvents,
  ...entitlementEvents,
  ...loginNameEvents,
  ...userEvents,
  ...identityEvents,
  ...signInEvents,
  ...sessionEvents,
  ...serviceClientEvents,
  ...clientKeyEvents,
  ...refusedActEvents,
  ...keyAliasEvents,
  ...virtualKeyEvents,
  ...keyPoolEvents,
  ...runEvents,
  ...concurrencySlotEvents,
  ...loadTestEvents,
  ...chatSessionEvents,
};

export const projectors: readonly AnyProjector[] = [
  tenantsProjector,
  entitlementsProjector,
  usersProjector,
  preferencesProjector,
  serviceClientsProjector,
  clientKeysProjector,
  virtualKeysProjector,
  keyPoolsProjector,
  runsProjector,
  concurrencySlotsProjector,
  loadTestsProjector,
  chatSessionsProjector,
  messagesProjector,
  auditLogProjector(eventDefinitions),
];

export const reactors: readonly AnyReactor[] = [tenantStandingReactor, featuresReactor, standingReactor, ownersReactor, loginNamesReactor, identitiesReactor, serviceClientReactor, clientKeyReactor, keysOfDeletedOwnersReactor, provisionKeysReactor, providerKeySecretsReactor, answerMessagesReactor, driveRunsReactor, diagnoseRunsReactor, loadTestsReactor];

export type TaskServices = AnsweringServices & DiagnosisServices & LoadTestServices & Parameters<typeof provisionVirtualKeyTask>[0] & Parameters<typeof settleStandingTask>[0] & Parameters<typeof settleLogoTask>[0] & Parameters<typeof settleProviderKeySecretsTask>[0];

export function tasksOf(services: TaskServices): Tasks {
  return {
    [SETTLE_TENANT]: settleTenantTask(services),
    [SETTLE_LOGO]: settleLogoTask(services),
    [SETTLE_FEATURES]: settleFeaturesTask(services),
    [SETTLE_STANDING]: settleStandingTask(services),
    [SETTLE_OWNER]: settleOwnerTask(services),
    [SETTLE_SERVICE_CLIENT]: settleServiceClientTask(services),
    [SETTLE_CLIENT_KEY]: settleClientKeyTask(services),
    [REVOKE_KEYS_OF_OWNER]: revokeKeysOfOwnerTask(services),
    [SETTLE_LOGIN_NAME]: settleLoginNameTask(services),
    [SETTLE_IDENTITY]: settleIdentityTask(services),
    [FREE_IDENTITIES]: freeIdentitiesTask(services),
    [PROVISION_VIRTUAL_KEY]: provisionVirtualKeyTask(services),
    [EXPIRE_SLOTS]: expireSlotsTask(services),
    [SETTLE_PROVIDER_KEY_SECRETS]: settleProviderKeySecretsTask(services),
    [ANSWER_MESSAGE]: answerMessageTask(services),
    [DIAGNOSE_RUN]: diagnoseRunTask(services),
    [RUN_LOAD_TEST]: runLoadTestTask(services),
  };
}

/** Tasks that wait for vendors for minutes: they have workers of their own, so that nothing else waits behind them. */
export function runTasksOf(services: DrivingServices): Tasks {
  return { [DRIVE_RUN]: driveRunTask(services) };
}

export const resolvers: readonly Function[] = [
  NodeResolver,
  SessionQueries, ViewerFields, UserSessions, SessionMutations, SignInMutations, ...Object.values(accountQueries), AccountMutations, IdentityMutations,
  ...Object.values(tenantQueries), TenantMutations, ...Object.values(entitlementQueries), EntitlementMutations,
  OverviewQueries, OverviewSubscriptions,
  ...Object.values(userQueries), UserSubscriptions, UserMutations,
  ...Object.values(serviceClientQueries), ServiceClientSubscriptions, ServiceClientMutations,
  ...Object.values(clientKeyQueries), ClientKeySubscriptions, ClientKeyMutations,
  VirtualKeyQueries, UserVirtualKeys, IssueKeyPayloadFields, VirtualKeySubscriptions, VirtualKeyMutations,
  ...Object.values(keyPoolQueries), KeyPoolSubscriptions, ...Object.values(leaseRequests), LeaseRequestFields, KeyPoolMutations, KeyPoolAdministration,
  RunQueries, RunSubscriptions, RunMutations, ...Object.values(runPayloads), ConcurrencyQueries,
  ...Object.values(loadTestQueries), LoadTestSubscriptions, LoadTestMutations,
  ...Object.values(chatSessionQueries), ChatSessionSubscriptions, ChatSessionMutations,
  AuditLogQueries, AuditLogSubscriptions,
];

export { createLogoActs } from '../commands/tenant/logo-acts';
export { applyTenantFiles, readTenantFiles } from '../commands/tenant/tenant-files';
export { createOidcSignIn } from '../commands/identity/oidc-sign-in';
export { personOfToken } from '../commands/identity/person-of-token';
export { EXPIRE_SLOTS } from '../commands/concurrency-slot/expire-slots';
export { outputFiles } from '../queries/run/outputs';
export { createRunCallbacks, removeOldCallbacks } from '../commands/run/callbacks';
export { createKeyCare } from '../commands/run/key-care';
export { createPictures } from '../commands/run/source-picture';
export { createRefusalRecorder } from '../commands/refused-act/recorder';
export { measureBurst } from '../commands/load-test/burst';
export { applyPoolSpecification } from '../commands/key-pool/specification';
export { startKeyPoolKeeper } from '../commands/key-pool/keeper';
export { createKeyLeases } from '../commands/key-pool/key-leases';
export { setUpOwner } from '../commands/session/set-up-owner';
