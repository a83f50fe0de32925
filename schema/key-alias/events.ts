import { z } from 'zod';
import { event, type EventOf } from '../define-events';

export const keyAliasEvents = {
  /** The one virtual key that may have this alias. The stream's id is the fingerprint of tenant and alias. */
  KeyAliasClaimed: event(z.strictObject({ keyId: z.string() })),
  /** The key was never provisioned, so its alias is free again. */
  KeyAliasReleased: event(z.strictObject({ keyId: z.string() })),
};

export type KeyAliasEvent = EventOf<typeof keyAliasEvents>;
