import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import { nextWakeAt } from '../../../commands/key-pool/diagnosis';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import { BeatTable } from './beat-table';
import { Holder, type Answered, type Reach, type Told } from './holder';
import { Judge, Violation } from './judge';
import { Node, type Log } from './node';
import type { Rules } from './planted-bugs';
import { randomOf, type Random } from './random';

const TENANTS = ['a', 'b', 'c'];
/** Share of acknowledgements that never arrive. */
const LOST_ACKNOWLEDGEMENTS = 0.05;
/** Rounds in which everything must come to an end once the faults have stopped. */
const CALM_ROUNDS = 600;

export interface Tally {
  steps: number;
  events: number;
  conflicts: number;
  lostAcknowledgements: number;
  crashes: number;
  grants: number;
  releases: number;
  expiries: number;
  timeOuts: number;
  withdrawals: number;
  stale: number;
}

/** Several nodes, one log, one beat table, and callers who cannot be trusted, all driven by one seed. */
class World implements Log {
  readonly events: KeyPoolEvent[] = [];
  readonly tally = { steps: 0, conflicts: 0, lostAcknowledgements: 0, crashes: 0 };
  readonly judge = new Judge();
  /** True time, which is also that of the beat table. */
  private now = 1_000_000;
  private calm = false;
  private ids = 0;
  private readonly appended = new Set<number>();
  private readonly nodes: Node[];
  private readonly holders: Holder[];
  private readonly beats: BeatTable;

  constructor(private readonly random: Random, private readonly rules: Rules) {
    this.beats = new BeatTable(rules);
    this.nodes = Array.from({ length: random.between(3, 4) }, () => new Node(random.between(-400, 400), rules, this));
    this.holders = Array.from({ length: random.between(6, 14) }, (_, n) => new Holder(`h${n}`, random.pick(TENANTS), random, this.reach()));
    for (let n = random.between(2, 5); n > 0; n--) this.send(this.newKey(), () => {}, () => {});
  }

  nextAppendId = (): number => this.ids++;

  /** Trouble for `steps` steps, then calm until nothing is left to do. */
  run(steps: number): void {
    for (let step = 0; step < steps; step++) this.step();
    this.calm = true;
    for (let round = 0; round < CALM_ROUNDS; round++) {
      for (const node of this.nodes) {
        this.keep(node);
        while (node.mailbox.length > 0 || node.flight) this.serve(node);
      }
      for (const holder of this.holders) holder.act(true);
      this.now += 1_000;
    }
    this.judge.quiet();
    this.agree();
  }

  private step(): void {
    const { random } = this;
    this.tally.steps++;
    const dice = random.next();
    if (dice < 0.35) random.pick(this.holders).act(false);
    else if (dice < 0.80) this.serve(random.pick(this.nodes));
    else if (dice < 0.90) this.keep(random.pick(this.nodes));
    else if (dice < 0.996) this.now += random.chance(0.02) ? random.between(5_000, 40_000) : random.between(0, 1_500);
    else if (dice < 0.998) this.send({ type: 'WithdrawTenant', tenant: random.pick(TENANTS), reason: 'tenant_suspended', now: 0 }, () => {}, () => {});
    else this.fault(random.pick(this.nodes));
  }

  private fault(node: Node): void {
    if (this.random.chance(0.5)) {
      node.crash();
      this.tally.crashes++;
    } else {
      node.skewMs = this.random.between(-400, 400);
    }
  }

  /** The next thing a node does with its mailbox. */
  private serve(node: Node): void {
    if (!node.flight) {
      if (node.mailbox.length === 0) return;
      if (!this.calm && this.random.chance(0.3)) node.catchUp();
      return node.decide((index) => this.judge.answered(index, this.events.length));
    }
    const { flight } = node;
    if (!this.append(flight)) {
      this.tally.conflicts++;
      return node.lost();
    }
    if (!this.calm && this.random.chance(LOST_ACKNOWLEDGEMENTS)) {
      this.tally.lostAcknowledgements++;
      return;
    }
    for (const decided of node.written()) {
      if (this.calm || !this.random.chance(0.03)) decided.answer(decided.decision, decided.told);
    }
  }

  /** Writes all or nothing; what was written under the same id before stays as it is. */
  private append({ id, expected, events, decided }: NonNullable<Node['flight']>): boolean {
    if (this.appended.has(id)) return true;
    if (expected !== this.events.length) return false;
    this.appended.add(id);
    this.events.push(...events);
    for (const { command, decision, told } of decided) this.judge.command(command, decision, told);
    return true;
  }

  /** One look of a node's keeper. It may be interrupted between its two halves at any time. */
  private keep(node: Node): void {
    const { random } = this;
    if (!node.flight) node.catchUp();
    const { state } = node;
    this.beats.repair(state, this.now);
    if (this.calm || random.chance(0.5)) this.beats.mark(this.now, (...marked) => this.judge.marked(...marked));
    if (!this.calm && random.chance(0.5)) return;
    const tell = (command: KeyPoolCommand) => node.mailbox.push({ command, answer: () => {} });
    for (const { id, token } of this.beats.overdue(state)) tell({ type: 'ExpireLease', leaseId: id, token, now: this.now });
    for (const ticket of state.tickets.values()) {
      if (this.now >= ticket.deadline) tell({ type: 'TimeOutTicket', ticketId: ticket.id, now: this.now });
    }
    if ((nextWakeAt(state) ?? Infinity) <= this.now) tell({ type: 'Tick', now: this.now });
  }

  private reach(): Reach {
    return {
      now: () => this.now,
      newId: () => String(this.ids++),
      beat: ({ leaseId, token }) => {
        const counts = this.beats.beat(leaseId, token, this.now);
        if (counts) this.judge.beat(leaseId);
        return counts;
      },
      send: (command, answered = () => {}, told = () => {}) => this.send(command, answered, told),
    };
  }

  private send(command: KeyPoolCommand, answered: Answered, told: Told): void {
    const times = !this.calm && this.random.chance(0.05) ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const node = this.random.pick(this.nodes);
      node.mailbox.push({
        command: { ...command, now: this.now + node.skewMs },
        answer(decision, standing) {
          answered(!('refusal' in decision));
          if (standing?.is === 'held') told(standing);
          else if (standing?.is === 'waiting' || standing?.is === 'over') told(standing.is);
        },
      });
    }
  }

  private newKey(): KeyPoolCommand {
    const { random } = this;
    const id = String(this.ids++);
    return {
      type: 'AddProviderKey', keyId: id, name: id, fingerprint: id, secretRef: `operator/${id}`, lastFour: '0000', now: 0,
      concurrencyLimit: random.between(1, 3), rpmLimit: random.chance(0.5) ? null : random.between(1, 6),
      priority: random.between(0, 2), tenantScope: random.pick(['*', '*', 'a', 'b,c', 'c']),
    };
  }

  /** Whatever way a node came to its state, it is the fold of the log. */
  private agree(): void {
    const { aggregate } = this.rules;
    const folded = this.events.reduce((state, event) => aggregate.evolve(state, event), aggregate.initial());
    for (const node of this.nodes) {
      node.catchUp();
      const same = (['now', 'token', 'seq'] as const).every((field) => node.state[field] === folded[field])
        && JSON.stringify([...node.state.keys.values()]) === JSON.stringify([...folded.keys.values()]);
      if (!same) throw new Violation('a node came to another state than the log');
    }
  }
}

/**
 * One world.
 * @returns what happened; the violation, if the judge saw one
 */
export function simulate(seed: number, steps: number, rules: Rules): Tally & { violation?: string } {
  const world = new World(randomOf(seed), rules);
  const tally = (): Tally => ({ ...world.tally, ...world.judge.counted, events: world.events.length });
  try {
    world.run(steps);
    return tally();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { ...tally(), violation: error.message };
  }
}
