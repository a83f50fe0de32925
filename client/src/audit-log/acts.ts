/** Every act the log knows: the types of its events. A test holds this list to the event catalogue. */
export const acts = [
  'ActRefused', 'AnswerCompleted', 'AnswerFailed', 'AnswerStarted', 'BrandingChanged', 'ChatSessionOpened', 'ClientKeyIssued',
  'ClientKeyRevoked', 'DailyLimitSet', 'EntitlementsSet', 'IdentityLinked', 'IdentityUnlinked', 'KeyAliasClaimed',
  'KeyAliasReleased', 'LeaseExpired', 'LeaseGranted', 'LeaseReleased', 'LeaseRequested', 'LeaseRevoked', 'LoadTestFailed',
  'LoadTestFinished', 'LoadTestRequested', 'LoginNameClaimed', 'LoginNameReleased', 'LogoChanged', 'MessagePosted', 'OwnerAdded',
  'OwnerRemoved', 'PasswordChanged', 'PasswordLinkIssued', 'PermitsTaken', 'PreferencesSet', 'ProviderKeyActivated',
  'ProviderKeyAdded', 'ProviderKeyChanged', 'ProviderKeyCooledDown', 'ProviderKeyDeactivated', 'ProviderKeyRecovered',
  'ProviderKeyRemoved', 'ProviderKeyRotated', 'RoleAssigned', 'RunCancelled', 'RunDiagnosed', 'RunFailed', 'RunLeased',
  'RunPollingStarted', 'RunQueued', 'RunRejected', 'RunRequested', 'RunRetryRequested', 'RunStarted', 'RunSubmissionBegun',
  'RunSubmitted', 'RunSucceeded', 'RunTimedOut', 'RunVendorStatusChanged', 'RunWatchRequested', 'ServiceClientCreated',
  'ServiceClientDeleted', 'ServiceClientUpdated', 'SessionEnded', 'SessionOpened', 'SignInFailed', 'SlotReleased', 'SlotRenewed',
  'SlotReserved', 'TenantClaimed', 'TenantCreated', 'TenantRenamed', 'TenantResumed', 'TenantSuspended', 'TicketCancelled',
  'TicketTimedOut', 'TierAssigned', 'UserCreated', 'UserDeactivated', 'UserDeleted', 'UserReactivated', 'UserUpdated',
  'VirtualKeyProvisioned', 'VirtualKeyProvisioningFailed', 'VirtualKeyRequested',
] as const;
