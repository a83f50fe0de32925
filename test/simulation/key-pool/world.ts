import { isDeepStrictEqual } from 'node:util';
import type { KeyPoolCommand } from '../../../commands/key-pool/decider';
import { overdueTickets } from '../../../commands/key-pool/queue';
import type { KeyPoolEvent } from '../../../schema/key-pool/events';
import { Administrator, TENANTS } from './administrator';
import { BeatTable } from './beat-table';
import { Holder, type Answered, type Reach, type Told } from './holder';
import { Judge } from './judge';
import { Violation } from './judge/violation';
import { Node, type Log } from './node';
import type { Rules } from './planted-bugs';
import { randomOf, type Random } from './random';

/** Share of acknowledgements that never arrive. */
const LOST_ACKNOWLEDGEMENTS = 0.05;
/** Rounds, of a second each, in which everything must come to an end once the faults have stopped. */
const CALM_ROUNDS = 600;
/** So often, in steps, the faults stop for a while. */
const PEACE_EVERY = 1_000;
const PEACE_ROUNDS = 15;
/** Leases that an administrator may think of. */
const KNOWN_LEASES = 6;

export type Tally = Readonly<Record<string, number>>;

/** Several nodes, one log, one beat table, callers who cannot be trusted and an administrator, all driven by one seed. */
class World implements Log {
  readonly events: KeyPoolEvent[] = [];
  readonly tally = { steps: 0, conflicts: 0, lostAcknowledgements: 0, crashes: 0, calmRounds: 0 };
  readonly judge = new Judge();
  /** True time, which is also that of the beat table. */
  private now = 1_000_000;
  private calm = false;
  private ids = 0;
  private readonly appended = new Set<number>();
  private readonly leases: string[] = [];
  private readonly nodes: Node[];
  private readonly holders: Holder[];
  private readonly administrator: Administrator;
  private readonly beats: BeatTable;

  constructor(private readonly random: Random, private readonly rules: Rules) {
    this.beats = new BeatTable(rules);
    this.nodes = Array.from({ length: random.between(3, 4) }, () => new Node(random.between(-400, 400), rules, this));
    this.administrator = new Administrator(random, {
      now: () => this.now,
      newId: () => this.newId(),
      send: (command) => this.send(command),
      someLease: () => (this.leases.length === 0 ? undefined : random.pick(this.leases)),
    });
    this.holders = Array.from({ length: random.between(6, 14) }, (_, n) => new Holder(`h${n}`, random.pick(TENANTS), random, this.reach()));
    for (let n = random.between(2, 5); n > 0; n--) this.administrator.add();
  }

  nextAppendId = (): number => this.ids++;

  /** Trouble for `steps` steps, then calm until nothing is left to do. */
  run(steps: number): void {
    for (let step = 1; step <= steps; step++) {
      this.step();
      if (step % PEACE_EVERY === 0) this.beCalm(PEACE_ROUNDS);
    }
    this.beCalm(CALM_ROUNDS);
    this.judge.quiet();
    this.agree();
  }

  /** Time without faults and without new requests, until nothing is left to do or so many rounds are over. */
  private beCalm(rounds: number): void {
    this.calm = true;
    for (let round = 0; round < rounds && !(round > 0 && this.judge.isQuiet()); round++) this.calmRound();
    this.calm = false;
  }

  private step(): void {
    const { random } = this;
    this.tally.steps++;
    const dice = random.next();
    if (dice < 0.35) random.pick(this.holders).act(false);
    else if (dice < 0.80) this.serve(this.busyNode());
    else if (dice < 0.90) this.keep(random.pick(this.nodes));
    else if (dice < 0.97) this.now += random.chance(0.02) ? random.between(5_000, 40_000) : random.between(0, 800);
    else if (dice < 0.998) this.administrator.act();
    else this.fault(random.pick(this.nodes));
  }

  /** Every node does what is due, answers arrive, and time goes on. */
  private calmRound(): void {
    this.tally.calmRounds++;
    for (const node of this.nodes) this.finish(node);
    for (const node of this.nodes) {
      this.keep(node);
      this.finish(node);
    }
    this.judge.settled(this.now);
    for (const holder of this.holders) holder.act(true);
    this.now += 1_000;
  }

  private finish(node: Node): void {
    while (node.mailbox.length > 0 || node.flight) this.serve(node);
  }

  private fault(node: Node): void {
    if (this.random.chance(0.5)) {
      node.crash();
      this.tally.crashes++;
    } else {
      node.skewMs = this.random.between(-400, 400);
    }
  }

  /** Some node, one with something to do if there is any. */
  private busyNode(): Node {
    const { nodes } = this;
    const first = this.random.below(nodes.length);
    for (let offset = 0; offset < nodes.length; offset++) {
      const node = nodes[(first + offset) % nodes.length]!;
      if (node.flight || node.mailbox.length > 0) return node;
    }
    return nodes[first]!;
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
    for (const { asked, decision, told } of node.written()) {
      if (this.calm || !this.random.chance(0.03)) asked.answer?.(decision, told);
    }
  }

  /** Writes all or nothing; what was written under the same id before stays as it is. */
  private append({ id, expected, events, decided }: NonNullable<Node['flight']>): boolean {
    if (this.appended.has(id)) return true;
    if (expected !== this.events.length) return false;
    this.appended.add(id);
    for (const event of events) {
      this.events.push(event);
      if (event.type === 'LeaseGranted') this.leases[event.data.token % KNOWN_LEASES] = event.data.leaseId;
    }
    for (const { asked, decision, told } of decided) this.judge.command(asked.command, decision, told);
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
    const tell = (command: KeyPoolCommand) => node.mailbox.push({ command });
    for (const { id, token } of this.beats.overdue(state)) tell({ type: 'ExpireLease', leaseId: id, token, now: this.now });
    for (const { id } of overdueTickets(state, this.now, Infinity)) tell({ type: 'TimeOutTicket', ticketId: id, now: this.now });
    if ((this.rules.wakeAt(state) ?? Infinity) <= this.now) tell({ type: 'Tick', now: this.now });
  }

  private reach(): Reach {
    return {
      now: () => this.now,
      newId: () => this.newId(),
      someKey: () => this.administrator.someKey(),
      beat: ({ leaseId, token }) => {
        const counts = this.beats.beat(leaseId, token, this.now);
        if (counts) this.judge.beat(leaseId);
        return counts;
      },
      send: (command, answered, told) => this.send(command, answered, told),
    };
  }

  private newId(): string {
    return String(this.ids++);
  }

  private send(command: KeyPoolCommand, answered?: Answered, told?: Told): void {
    const times = !this.calm && this.random.chance(0.05) ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const node = this.random.pick(this.nodes);
      node.mailbox.push({
        command: { ...command, now: this.now + node.skewMs },
        answer(decision, standing) {
          answered?.('events' in decision);
          if (standing && 'events' in decision) told?.(standing);
        },
      });
    }
  }

  /** Whatever way a node came to its state, it is the fold of the log, and so is a copy of it. */
  private agree(): void {
    const { aggregate } = this.rules;
    const folded = this.events.reduce((state, event) => aggregate.evolve(state, event), aggregate.initial());
    for (const node of this.nodes) {
      node.catchUp();
      if (!isDeepStrictEqual(node.state, folded)) throw new Violation('a node came to another state than the log');
      if (!isDeepStrictEqual(aggregate.copy!(node.state), folded)) throw new Violation('a copy is another state');
    }
  }
}

/**
 * One world.
 * @returns what happened; the violation, if the judge saw one
 */
export function simulate(seed: number, steps: number, rules: Rules): { tally: Tally; violation?: string } {
  const world = new World(randomOf(seed), rules);
  const tally = (): Tally => ({ ...world.tally, ...world.judge.counted, events: world.events.length });
  try {
    world.run(steps);
    return { tally: tally() };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { tally: tally(), violation: error.message };
  }
}
