import type { KeyPoolEvent } from '../../../../schema/key-pool/events';
import { change } from './keys';
import { keyOf, type Pool } from './pool';
import { broken } from './violation';

/** What becomes of a key, by a command about that key. */
export function keyEvent(
  pool: Pool,
  event: Extract<KeyPoolEvent, { type: `ProviderKey${'Changed' | 'Rotated' | 'Deactivated' | 'Activated' | 'CooledDown' | 'Recovered' | 'Removed'}` }>,
  cause: { keyId: string },
): void {
  const key = keyOf(pool, event.data.keyId);
  if (cause.keyId !== key.id || event.data.tenant !== key.owner) broken(`${event.type} of key ${key.id} instead of ${cause.keyId}, as if of ${event.data.tenant}`);
  switch (event.type) {
    case 'ProviderKeyChanged':
      pool.counted.keysChanged++;
      change(key, event.data);
      break;
    case 'ProviderKeyRotated':
      pool.counted.keysRotated++;
      key.fingerprint = event.data.fingerprint;
      key.secretRef = event.data.secretRef;
      break;
    case 'ProviderKeyDeactivated':
      pool.counted.keysDeactivated++;
      key.isInactive = true;
      break;
    case 'ProviderKeyActivated':
      pool.counted.keysActivated++;
      key.isInactive = false;
      break;
    case 'ProviderKeyCooledDown':
      pool.counted.keysCooledDown++;
      if (event.data.until <= key.coolsUntil) broken(`the rest of key ${key.id} was cut short`);
      key.coolsUntil = event.data.until;
      break;
    case 'ProviderKeyRecovered':
      pool.counted.keysRecovered++;
      key.coolsUntil = 0;
      break;
    case 'ProviderKeyRemoved':
      pool.counted.keysRemoved++;
      if (key.active > 0) broken(`key ${key.id} removed while ${key.active} leases hold it`);
      pool.keys.splice(pool.keys.indexOf(key), 1);
      break;
    default:
      event satisfies never;
  }
}
