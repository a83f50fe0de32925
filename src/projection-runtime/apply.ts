import type { Pool } from 'pg';
import type { EventDefinitions } from '../../schema/define-events';
import type { RecordedEvent } from '../event-store/port';
import { inTransaction } from '../postgres/pool';
import { readCatalog, type Catalog } from './catalog';
import { collapse } from './changes';
import { moveCheckpoint, schemaOf, type Checkpoint } from './checkpoints';
import { decode, openSealed, type Opener } from './decode';
import type { AnyProjector, AnyReactor, Change, Open, Projected } from './projector';
import { jobStatement, statementOf, writesOf, type Statement, type Write } from './statements';

/** What a view and a reactor have in common: a function from events to changes. */
export interface Projection {
  name: string;
  events: EventDefinitions;
  live?: { table: string; key: string };
  /** Whether `project` reads sealed texts, so that they are opened before. */
  opens: boolean;
  project(events: readonly Projected<any>[], open: Open): Change[];
}

export function projectionOfView(projector: AnyProjector): Projection {
  const { name, events, live } = projector;
  // A projector that does not take `open` cannot ask for anything, and spares the vault.
  return { name, events, live, opens: projector.project.length > 1, project: (batch, open) => projector.project(batch, open) };
}

export function projectionOfReactor(reactor: AnyReactor): Projection {
  return { name: reactor.name, events: reactor.events, opens: false, project: (batch) => reactor.react(batch) };
}

/** The vault cannot open now; not the event's fault. */
export class VaultUnavailable extends Error {
  constructor(cause: unknown) {
    super(`Sealed texts cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'VaultUnavailable';
  }
}

/** What a batch of events does, ready to be written. */
export interface Effects {
  /** One after the other; within a round no row is written twice. */
  rounds: Write[][];
  jobs: Statement | undefined;
  /** Whether rows of the live table change. */
  liveChanged: boolean;
}

const NO_EFFECTS: Effects = { rounds: [], jobs: undefined, liveChanged: false };

const nothingToOpen: Open = () => {
  throw new Error('A projector that reads sealed texts must take `open` as its second parameter');
};

/**
 * The statements that a batch comes to.
 * @throws UndecodableEvent or whatever the projector throws; VaultUnavailable
 */
export async function effectsOf(
  projection: Projection,
  events: readonly RecordedEvent[],
  { catalog, schema, vault }: { catalog: Catalog; schema: string; vault: Opener },
): Promise<Effects> {
  const decoded = events.map((event) => decode(projection.events, event));
  const open = projection.opens ? await openOrWait(decoded, vault) : nothingToOpen;
  const { rounds, jobs } = collapse(projection.project(decoded, open));
  return {
    rounds: rounds.map((round) => writesOf(schema, catalog, round)),
    jobs: jobs.length > 0 ? jobStatement(jobs) : undefined,
    liveChanged: rounds.some((round) => round.some((change) => change.table === projection.live?.table)),
  };
}

/** The effects as plain statements, to be run in a transaction. */
export function statementsOf({ rounds, jobs }: Pick<Effects, 'rounds' | 'jobs'>): Statement[] {
  return [...rounds.flat().map(statementOf), ...(jobs ? [jobs] : [])];
}

async function openOrWait(events: Parameters<typeof openSealed>[0], vault: Opener): Promise<Open> {
  try {
    return await openSealed(events, vault);
  } catch (error) {
    throw new VaultUnavailable(error);
  }
}

export interface Writer {
  /** Whether queries see the build, as of its last commit. */
  role(): Checkpoint['role'];
  setRole(role: Checkpoint['role']): void;
  /**
   * Applies events and moves the checkpoint in one transaction. Events that change nothing leave it where it is.
   * @returns whether it was moved
   */
  apply(events: readonly RecordedEvent[], from: bigint, to: bigint, durable: boolean): Promise<boolean>;
  /** Moves the checkpoint over events that change nothing. */
  move(from: bigint, to: bigint): Promise<void>;
}

/** Writes for the owner of one build. */
export function createWriter(pool: Pool, projection: Projection, owned: Checkpoint, vault: Opener): Writer {
  const schema = schemaOf(owned);
  let role = owned.role;
  let catalog: Catalog | undefined;

  async function write({ rounds, jobs, liveChanged: changed }: Effects, from: bigint, to: bigint, durable: boolean): Promise<void> {
    const told = role === 'live' && owned.kind === 'view';
    const notice = { view: owned.name, version: owned.version, build: owned.build, position: to.toString(), changed };
    // Safe without waiting for the disk: the rows are lost or kept together with the checkpoint, which must then match.
    const move = { id: owned, epoch: owned.epoch, from, to, notice: told ? notice : undefined, durable };
    const last = rounds.at(-1);
    // Nearly always there is one round, which is one statement and one round trip.
    if (rounds.length <= 1 && !jobs) {
      role = await moveCheckpoint(pool, move, last);
      return;
    }
    role = await inTransaction(pool, async (client) => {
      const before = statementsOf({ rounds: rounds.slice(0, -1), jobs });
      for (const { text, values } of before) await client.query(text, values);
      return moveCheckpoint(client, move, last);
    });
  }

  return {
    role: () => role,
    setRole(next) {
      role = next;
    },
    async apply(events, from, to, durable) {
      catalog ??= await readCatalog(pool, schema);
      const effects = await effectsOf(projection, events, { catalog, schema, vault });
      if (effects.rounds.length === 0 && !effects.jobs) return false;
      await write(effects, from, to, durable);
      return true;
    },
    move: (from, to) => write(NO_EFFECTS, from, to, false),
  };
}
