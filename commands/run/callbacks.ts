import { timingSafeEqual } from 'node:crypto';
import type { Db } from '../../src/graphql/context';
import type { Notifications } from '../../src/postgres/notifications';
import type { Vault } from '../../src/vault/port';

/** One attempt of a run, of which the vendor may report. */
export interface CallbackPlace {
  tenant: string;
  runId: string;
  attempt: number;
}

/** Where vendors say that work is done. What they say is not believed: it only tells whom to ask, and that it is time to. */
export interface RunCallbacks {
  /** Where the vendor may report; undefined when it could not reach this server. Whoever knows it may speak for the vendor. */
  urlOf(place: CallbackPlace): string | undefined;
  /**
   * Takes what came to such an address.
   * @param path its last parts, as they came
   * @param body as JSON
   * @returns false when the token is not the right one
   */
  received(path: { tenant: string; runId: string; attempt: string; token: string }, body: unknown): Promise<boolean>;
  /** The vendor's id of the work, once it has called back. */
  jobIdOf(place: CallbackPlace): Promise<string | undefined>;
  /** Tells when the vendor calls back. @returns a function that ends it */
  listen(place: CallbackPlace, listener: () => void): () => void;
}

export interface RunCallbackOptions {
  db: Db;
  vault: Pick<Vault, 'fingerprint'>;
  notifications: Notifications;
  /** Where vendors reach this server; undefined when they cannot. */
  publicUrl: string | undefined;
}

const CHANNEL = 'run_callback';
/** Vendors' ids that could stand in a path; others are not taken. */
const JOB_ID = /^[A-Za-z0-9][\w.:=~-]{0,199}$/;
const KEEP = '1 day';

export function createRunCallbacks({ db, vault, notifications, publicUrl }: RunCallbackOptions): RunCallbacks {
  const tokenOf = ({ tenant, runId, attempt }: CallbackPlace): string => vault.fingerprint('run-callback', JSON.stringify([tenant, runId, attempt]));

  return {
    urlOf(place) {
      if (publicUrl === undefined) return undefined;
      const parts = [place.tenant, place.runId, String(place.attempt), tokenOf(place)].map(encodeURIComponent);
      return `${publicUrl}/callbacks/legnext/${parts.join('/')}`;
    },

    async received({ tenant, runId, attempt, token }, body) {
      const place = { tenant, runId, attempt: Number(attempt) };
      if (!isSame(token, tokenOf(place))) return false;
      const jobId = jobIdIn(body);
      if (jobId !== undefined) {
        await db.query(
          `insert into run_callback (run_id, attempt, tenant_id, job_id) values ($1, $2, $3, $4)
           on conflict (run_id, attempt) do update set job_id = excluded.job_id, received_at = now()`,
          [runId, place.attempt, tenant, jobId],
        );
      }
      await db.query('select pg_notify($1, $2)', [CHANNEL, nameOf(place)]);
      return true;
    },

    async jobIdOf({ runId, attempt }) {
      const [row] = await db.query<{ job_id: string }>('select job_id from run_callback where run_id = $1 and attempt = $2', [runId, attempt]);
      return row?.job_id;
    },

    listen(place, listener) {
      const name = nameOf(place);
      // A word that is lost is made up for by the next question for the outcome.
      return notifications.listen(CHANNEL, { message: (payload) => payload === name && listener(), gap: () => {} });
    },
  };
}

/** Forgets what vendors said of runs that are over long since. */
export async function removeOldCallbacks(db: Db): Promise<void> {
  await db.query('delete from run_callback where received_at < now() - $1::interval', [KEEP]);
}

const nameOf = ({ runId, attempt }: CallbackPlace): string => `${runId}/${attempt}`;

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** LegNext sends the task object. */
function jobIdIn(body: unknown): string | undefined {
  const jobId = typeof body === 'object' && body !== null ? (body as { job_id?: unknown }).job_id : undefined;
  return typeof jobId === 'string' && JOB_ID.test(jobId) ? jobId : undefined;
}
