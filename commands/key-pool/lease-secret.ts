import type { Context } from '../../src/graphql/context';
import { secretPlace } from './add-provider-key';
import { claimSecret, type BeatingLease } from './lease-beats';

/**
 * Tells the holder the secret of the leased key, which happens once for each lease, whichever way it is asked for.
 * @param secretRef where the vault keeps it
 * @returns null when it was told before, or the lease is over
 */
export async function tellSecret({ db, vault }: Context, lease: BeatingLease, secretRef: string): Promise<string | null> {
  // Read before it counts as told: an outage of the vault then costs nothing.
  const secret = await vault.getSecret(secretPlace(secretRef));
  if (secret === undefined) throw new Error(`The vault has no secret for the lease ${lease.leaseId}`);
  return (await claimSecret(db, lease)) ? secret : null;
}
