import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import type { Random } from './random';

export interface HeldLease {
  leaseId: string;
  token: number;
}

type Phase =
  | { is: 'idle' }
  | { is: 'asking'; requestId: string; ttlMs: number; maxWaitMs: number }
  | ({ is: 'holding'; pausedUntil: number } & HeldLease);

export type Answered = (accepted: boolean) => void;
/** How a request stands. */
export type Told = (standing: HeldLease | 'waiting' | 'over') => void;

/** What a holder may do in the outside world. */
export interface Reach {
  now(): number;
  /** Sends a command to some node; the answer may never come. */
  send(command: KeyPoolCommand, answered?: Answered, told?: Told): void;
  /** The table's word on a heartbeat that the pool accepted. */
  beat(lease: HeldLease): boolean;
  newId(): string;
}

/**
 * A caller: asks for a lease, again and again until it knows, works, beats, releases. It may send things twice, pause
 * beyond its TTL, vanish, and come back with what it held long ago.
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
      this.request(phase);
    } else if (this.reach.now() >= phase.pausedUntil) {
      const mood = calm ? 1 : random.next();
      if (mood < 0.02) this.phase = { is: 'idle' };
      else if (mood < 0.04) phase.pausedUntil = this.reach.now() + random.between(1_000, 60_000);
      else if (mood < 0.6) this.heartbeat(phase);
      else this.release(phase);
    }
  }

  private ask(): void {
    const { random } = this;
    const maxWaitMs = random.chance(0.1) ? 0 : random.pick([2_000, 20_000, 90_000]);
    this.phase = { is: 'asking', requestId: `${this.name}/${this.reach.newId()}`, ttlMs: random.pick([5_000, 20_000, 60_000]), maxWaitMs };
  }

  private request(asking: Extract<Phase, { is: 'asking' }>): void {
    const { requestId, ttlMs, maxWaitMs } = asking;
    const stillAsking = () => this.phase === asking;
    const command: KeyPoolCommand = {
      type: 'RequestLease', ticketId: this.reach.newId(), requestId, tenant: this.tenant, holder: this.name, ttlMs, maxWaitMs, now: 0,
    };
    this.reach.send(
      command,
      (accepted) => {
        if (!accepted && stillAsking()) this.phase = { is: 'idle' };
      },
      (lease) => {
        if (!stillAsking() || lease === 'waiting') return;
        if (lease === 'over') this.phase = { is: 'idle' };
        else this.hold(lease);
      },
    );
  }

  private hold({ leaseId, token }: HeldLease): void {
    this.phase = { is: 'holding', pausedUntil: 0, leaseId, token };
    this.past.push({ leaseId, token });
    if (this.past.length > 4) this.past.shift();
  }

  private heartbeat(lease: HeldLease): void {
    this.reach.send(this.about('HeartbeatLease', lease), (accepted) => {
      if (!(accepted && this.reach.beat(lease))) this.letGo(lease);
    });
  }

  private release(lease: HeldLease): void {
    this.reach.send(this.about('ReleaseLease', lease), () => this.letGo(lease));
  }

  private letGo({ leaseId }: HeldLease): void {
    if (this.phase.is === 'holding' && this.phase.leaseId === leaseId) this.phase = { is: 'idle' };
  }

  /** Beats or releases with something it has no right to. */
  private trouble(): void {
    const { random } = this;
    if (this.past.length === 0) return;
    const lease = random.pick(this.past);
    const claimed = random.chance(0.3) ? { ...lease, token: lease.token + random.pick([-1, 1]) } : lease;
    const type = random.pick(['HeartbeatLease', 'ReleaseLease'] as const);
    const holder = random.chance(0.2) ? `${this.name}-thief` : this.name;
    this.reach.send({ ...this.about(type, claimed), holder });
  }

  private about(type: 'HeartbeatLease' | 'ReleaseLease', { leaseId, token }: HeldLease) {
    const command = { leaseId, token, holder: this.name, now: 0 };
    return type === 'HeartbeatLease' ? { type, ...command } : { type, ...command, outcome: 'ok' as const };
  }
}
