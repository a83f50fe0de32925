import type { EventDefinitions, EventOf } from '../../schema/define-events';
import type { Refusal } from '../../schema/errors/catalogue';
import type { Actor } from '../event-store/port';
import type { Sealed } from '../vault/port';
import type { Aggregate } from './aggregate';

/** Who asks, and as part of what. */
export interface CommandContext {
  /** UUID of this command. Executing the same id on the same stream again has no second effect. */
  commandId: string;
  correlationId: string;
  causationId: string;
  actor: Actor;
  tenant: string;
  /** Names the request of a caller in the log. */
  requestId?: string;
  /** Where the caller was, sealed with their key. */
  address?: Sealed;
  /** Milliseconds since the epoch until which to try; default 10 s from now. */
  deadline?: number;
}

export type CommandOutcome<Answer> =
  | {
      accepted: true;
      answer: Answer;
      /** Position of the append, or of the state the command was judged on when it wrote nothing. */
      position: bigint;
      /** Revision of the stream after the command, -1n for a stream that still does not exist. */
      revision: bigint;
    }
  | { accepted: false; refusal: Refusal; position: bigint; revision: bigint };

export interface Loaded<State> {
  state: State;
  /** Of the stream, -1n for one that does not exist. */
  revision: bigint;
  position: bigint;
}

export interface CommandRuntime {
  /**
   * Decides `command` on the newest state of the stream and appends what it decides, together with everything else
   * waiting for that stream. Answers only after the append it was decided on is durable.
   * `answer` sees the state right after this command and the command's own events; keep it pure and cheap.
   * @throws RefusedError E4291 when the stream's queue is full (`retryAfterMs` set), E5041 when the deadline passed
   *   while the outcome is unknown, E5031 when the store cannot be reached in time
   */
  execute<State, Command, Definitions extends EventDefinitions, Answer = undefined>(
    aggregate: Aggregate<State, Command, Definitions>,
    id: string,
    command: Command,
    context: CommandContext,
    answer?: (state: State, events: readonly EventOf<Definitions>[]) => Answer,
  ): Promise<CommandOutcome<Answer>>;

  /** Newest state as the log has it (cache plus what was appended since), for reads that must not be stale. */
  load<State, Command, Definitions extends EventDefinitions>(
    aggregate: Aggregate<State, Command, Definitions>,
    id: string,
  ): Promise<Loaded<State>>;

  /**
   * State with everything that this node has written, and what others wrote up to `RECENT_MS` ago: for what every
   * command of somebody looks up again, like what they were granted. Leave the state untouched, others hold it too.
   */
  recent<State, Command, Definitions extends EventDefinitions>(
    aggregate: Aggregate<State, Command, Definitions>,
    id: string,
  ): Promise<Loaded<State>>;

  /** Finishes what is queued, refuses what comes after. */
  close(): Promise<void>;
}
