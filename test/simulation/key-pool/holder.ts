import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import type { RequestStanding } from '../../../commands/key-pool/standing';
import type { Random } from './random';

export interface HeldLease {
  leaseId: string;
  token: number;
}

type Phase =
  | { is: 'idle' }
  | { is: 'asking'; requestId: string; ttlMs: number; maxWaitMs: number; keyId: string | undefined; ticketId?: string }
  | ({ is: 'holding'; pausedUntil: number } & HeldLease);

export type Answered = (accepted: boolean) => void;
/** How a request stands. */
export type Told = (standing: RequestStanding) => void;

/** What a holder may do in the outside world. */
export interface Reach {
  now(): number;
  /** Sends a command to some node; the answer may never come. */
  send(command: KeyPoolCommand, answered?: Answered, told?: Told): void;
  /** The table's word on a heartbeat that the pool accepted. */
  beat(lease: HeldLease): boolean;
  newId(): string;
  /** Some key of the pool, or one that was. */
  someKey(): string | undefined;
}

/**
 * A caller: asks for a lease, again and again until it knows, works, takes permits, beats, releases. It may send things
 * twice, give up its place, pause beyond its TTL, vanish, and come back with what it held long ago.
 */
export class Holder {
  phase: Phase = { is: 'idle' };
  private readonly past: HeldLease[] = [];

  constructor(
    private readonly name: string,
    private readonly tenant: string,
    private readonly random: Random,
    private readonly reach: Reach,
  ) {}

  /** One thing it does. @param calm starts nothing new and makes no trouble */
  act(calm: boolean): void {
    const { phase, random } = this;
    if (!calm && random.chance(0.1)) return this.trouble();
    if (phase.is === 'idle') {
      if (!calm) this.ask();
    } else if (phase.is === 'asking') {
      this.goOnAsking(phase);
    } else if (this.reach.now() >= phase.pausedUntil) {
      const mood = calm ? 1 : random.next();
      if (mood < 0.02) this.phase = { is: 'idle' };
      else if (mood < 0.04) phase.pausedUntil = this.reach.now() + random.between(1_000, 60_000);
      else if (mood < 0.4) this.heartbeat(phase);
      else if (mood < 0.6) this.takePermits(phase);
      else this.release(phase);
    }
  }

  private ask(): void {
    const { random } = this;
    const maxWaitMs = random.chance(0.1) ? 0 : random.pick([2_000, 20_000, 90_000]);
    const keyId = random.chance(0.2) ? this.reach.someKey() : undefined;
    this.phase = { is: 'asking', requestId: `${this.name}/${this.reach.newId()}`, ttlMs: random.pick([5_000, 20_000, 60_000]), maxWaitMs, keyId };
  }

  /** Whoever knows that it waits asks only now and then. */
  private goOnAsking(asking: Extract<Phase, { is: 'asking' }>): void {
    const { random } = this;
    const { ticketId } = asking;
    if (ticketId === undefined || random.chance(0.2)) return this.request(asking);
    if (random.chance(0.15)) this.reach.send({ type: 'CancelTicket', ticketId, holder: this.name, now: 0 }, () => this.stopAsking(asking));
  }

  private request(asking: Extract<Phase, { is: 'asking' }>): void {
    const { requestId, ttlMs, maxWaitMs, keyId } = asking;
    const command: KeyPoolCommand = {
      type: 'RequestLease', ticketId: this.reach.newId(), requestId, tenant: this.tenant, holder: this.name, ttlMs, maxWaitMs, now: 0,
      ...(keyId !== undefined && { keyId }),
    };
    this.reach.send(
      command,
      (accepted) => {
        if (!accepted) this.stopAsking(asking);
      },
      ({ standing, ticketId, lease }) => {
        if (this.phase !== asking) return;
        if (lease) this.hold({ leaseId: lease.id, token: lease.token });
        else if (standing === 'waiting') asking.ticketId = ticketId!;
        else this.phase = { is: 'idle' };
      },
    );
  }

  private stopAsking(asking: Phase): void {
    if (this.phase === asking) this.phase = { is: 'idle' };
  }

  private hold({ leaseId, token }: HeldLease): void {
    this.phase = { is: 'holding', pausedUntil: 0, leaseId, token };
    this.past.push({ leaseId, token });
    if (this.past.length > 4) this.past.shift();
  }

  private heartbeat(lease: HeldLease): void {
    this.reach.send({ type: 'HeartbeatLease', ...this.about(lease) }, (accepted) => {
      if (!(accepted && this.reach.beat(lease))) this.letGo(lease);
    });
  }

  private takePermits(lease: HeldLease): void {
    this.reach.send({ type: 'TakePermits', ...this.about(lease), units: this.random.between(1, 3) });
  }

  private release(lease: HeldLease): void {
    this.reach.send({ type: 'ReleaseLease', ...this.about(lease), outcome: 'ok' }, () => this.letGo(lease));
  }

  private letGo({ leaseId }: HeldLease): void {
    if (this.phase.is === 'holding' && this.phase.leaseId === leaseId) this.phase = { is: 'idle' };
  }

  /** Beats, releases, takes permits or cancels with something it has no right to. */
  private trouble(): void {
    const { random } = this;
    if (this.past.length === 0) return;
    const lease = random.pick(this.past);
    const claimed = this.about(random.chance(0.3) ? { ...lease, token: lease.token + random.pick([-1, 1]) } : lease);
    const about = { ...claimed, holder: random.chance(0.2) ? `${this.name}-thief` : this.name };
    const dice = random.next();
    if (dice < 0.3) this.reach.send({ type: 'HeartbeatLease', ...about });
    else if (dice < 0.6) this.reach.send({ type: 'ReleaseLease', ...about, outcome: 'error' });
    else if (dice < 0.8) this.reach.send({ type: 'TakePermits', ...about, units: 1 });
    else if (this.phase.is === 'asking' && this.phase.ticketId) {
      this.reach.send({ type: 'CancelTicket', ticketId: this.phase.ticketId, holder: `${this.name}-thief`, now: 0 });
    }
  }

  private about({ leaseId, token }: HeldLease) {
    return { leaseId, token, holder: this.name, now: 0 };
  }
}
