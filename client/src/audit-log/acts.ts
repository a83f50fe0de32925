/** Every act the log knows: the types of its events. A test holds this list to the event catalogue. */
export const acts = [
  'ActRefused', 'AnswerCompleted', 'AnswerFailed', 'AnswerStarted', 'BrandingChanged', 'ChatSessionOpened',
  'ClientKeyIssued', 'ClientKeyRevoked', 'DailyLimitSet', 'EntitlementsSet', 'IdentityLinked', 'IdentityUnlinked',
  'KeyAliasClaimed', 'KeyAliasReleased', 'LeaseExpired', 'LeaseGranted', 'LeaseReleased', 'LeaseRequested', 'LeaseRevoked',
  'LoginNameClaimed', 'LoginNameReleased', 'LogoChanged', 'MessagePosted', 'OwnerAdded', 'OwnerRemoved',
  'PasswordChanged', 'PasswordLinkIssued', 'PreferencesSet', 'ProviderKeyAdded', 'RoleAssigned', 'RunFailed',
  'RunRequested', 'RunStarted', 'RunSucceeded', 'ServiceClientCreated', 'ServiceClientDeleted',
  'ServiceClientUpdated', 'SessionEnded', 'SessionOpened', 'SignInFailed', 'TenantClaimed', 'TenantCreated',
  'TenantRenamed', 'TenantResumed', 'TenantSuspended', 'TicketCancelled', 'TicketTimedOut', 'TierAssigned', 'UserCreated', 'UserDeactivated',
  'UserDeleted', 'UserReactivated', 'UserUpdated', 'VirtualKeyProvisioned', 'VirtualKeyProvisioningFailed',
  'VirtualKeyRequested',
] as const;
