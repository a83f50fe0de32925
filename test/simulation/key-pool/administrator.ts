import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import type { Random } from './random';

export const TENANTS: readonly string[] = ['a', 'b', 'c'];
const OWNERS = ['operator', 'a', 'b'];
/** Most keys that an administrator wants in the pool at a time. */
const KEYS = 6;

interface KnownKey {
  id: string;
  owner: string;
}

/** What an administrator sees and may do. */
export interface Office {
  now(): number;
  newId(): string;
  send(command: KeyPoolCommand): void;
  /** Some lease of the pool, or one that was. */
  someLease(): string | undefined;
}

/**
 * Adds keys, changes them, takes them out of use and back, rests, rotates and removes them, takes leases away and
 * suspends tenants; now and then with a key or a lease that is none of its business, or that is gone.
 */
export class Administrator {
  private readonly known: KnownKey[] = [];

  constructor(private readonly random: Random, private readonly office: Office) {}

  someKey(): string | undefined {
    return this.known.length === 0 ? undefined : this.random.pick(this.known).id;
  }

  act(): void {
    const { random, office } = this;
    const dice = random.next();
    if (dice < 0.12) return this.add();
    if (dice < 0.17) return office.send({ type: 'WithdrawTenant', tenant: random.pick(TENANTS), reason: 'tenant_suspended', now: 0 });
    if (dice < 0.27) return this.revoke();
    const key = random.pick(this.known);
    const about = { keyId: key.id, owner: random.chance(0.05) ? random.pick(OWNERS) : key.owner, now: 0 };
    if (dice < 0.47) this.office.send({ type: 'ChangeProviderKey', ...about, ...this.changes() });
    else if (dice < 0.53) office.send({ type: 'DeactivateProviderKey', ...about, reason: 'by_hand' });
    else if (dice < 0.63) office.send({ type: 'ActivateProviderKey', ...about });
    else if (dice < 0.75) this.coolDown(about);
    else if (dice < 0.81) office.send({ type: 'RecoverProviderKey', ...about });
    else if (dice < 0.91) this.rotate(about);
    else this.remove(about);
  }

  /** More keys than it wants become fewer by removal only. */
  add(): void {
    const { random, office, known } = this;
    if (known.length >= KEYS) return this.remove({ keyId: known[0]!.id, owner: known[0]!.owner, now: 0 });
    const id = office.newId();
    const owner = random.pick(OWNERS);
    known.push({ id, owner });
    office.send({
      type: 'AddProviderKey', keyId: id, name: id, fingerprint: id, secretRef: `${owner}/${id}`, lastFour: '0000', now: 0,
      concurrencyLimit: random.between(1, 3), rpmLimit: this.rate(), priority: random.between(0, 2), tenantScope: this.scope(), expiresAt: this.expiry(),
    });
  }

  private changes() {
    const { random } = this;
    return {
      ...(random.chance(0.4) && { concurrencyLimit: random.between(1, 3) }),
      ...(random.chance(0.4) && { rpmLimit: this.rate() }),
      ...(random.chance(0.3) && { priority: random.between(0, 2) }),
      ...(random.chance(0.3) && { tenantScope: this.scope() }),
      ...(random.chance(0.3) && { expiresAt: this.expiry() }),
      ...(random.chance(0.1) && { name: random.pick(['shared', this.office.newId()]) }),
    };
  }

  private coolDown(about: { keyId: string; owner: string; now: number }): void {
    const { random } = this;
    const { owner, ...ofServer } = about;
    const by = random.chance(0.5) ? { ...ofServer, owner } : ofServer;
    this.office.send({ type: 'CoolDownProviderKey', ...by, until: this.office.now() + random.between(-1_000, 40_000), reason: 'rate' });
  }

  private rotate(about: { keyId: string; owner: string; now: number }): void {
    const id = this.office.newId();
    const fingerprint = this.random.chance(0.1) ? this.random.pick(this.known).id : id;
    this.office.send({ type: 'RotateProviderKey', ...about, lastFour: '1111', fingerprint, secretRef: `${about.owner}/${id}`, revokeLeases: this.random.chance(0.6) });
  }

  /** Whether it succeeds or not, it soon forgets the key, as long as there are others. */
  private remove(about: { keyId: string; owner: string; now: number }): void {
    this.office.send({ type: 'RemoveProviderKey', ...about });
    const place = this.known.findIndex(({ id }) => id === about.keyId);
    if (this.known.length > 1 && this.random.chance(0.5)) this.known.splice(place, 1);
  }

  private revoke(): void {
    const leaseId = this.office.someLease();
    if (leaseId !== undefined) this.office.send({ type: 'RevokeLease', leaseId, tenant: this.random.pick([...TENANTS, 'operator']), now: 0 });
  }

  private readonly rate = (): number | null => (this.random.chance(0.4) ? null : this.random.pick([0, 1, 2, 4, 8, 16]));
  private readonly scope = (): string => this.random.pick(['*', '*', '*', 'a', 'b,c', 'c']);
  private readonly expiry = (): number | null => (this.random.chance(0.75) ? null : this.office.now() + this.random.between(-2_000, 90_000));
}
