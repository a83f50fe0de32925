/** Every act the log knows: the types of its events. A test holds this list to the event catalogue. */
export const acts = [
  'AnswerCompleted', 'AnswerFailed', 'AnswerStarted', 'ChatSessionOpened', 'KeyAliasClaimed', 'KeyAliasReleased',
  'LeaseExpired', 'LeaseGranted', 'LeaseReleased', 'LeaseRequested', 'LoginNameClaimed', 'MessagePosted',
  'ProviderKeyAdded', 'RoleAssigned', 'RunFailed', 'RunRequested', 'RunStarted', 'RunSucceeded', 'TenantCreated',
  'TicketTimedOut', 'UserCreated', 'UserDeactivated', 'VirtualKeyProvisioned', 'VirtualKeyProvisioningFailed',
  'VirtualKeyRequested',
] as const;
