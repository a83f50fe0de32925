import { isDeepStrictEqual } from 'node:util';
import { RefusedError } from '../../schema/errors/catalogue';
import type { Credential } from '../auth/credential';
import type { Principal } from '../graphql/context';
import { limits } from '../graphql/limits';
import type { Log } from '../postgres/log';

/** An open socket as far as its session is concerned. */
export interface Watched {
  readonly credential: Credential;
  readonly principal: Principal;
  /** The session is gone, or is no longer what it was: another role, another tenant. */
  onChanged(): void;
  /** Nobody could say for too long whether the session still stands. */
  onDoubt(): void;
}

const AT_ONCE = 16;

/**
 * Judges the sessions behind open sockets again and again, so that signing out, a changed role or a deactivated user
 * ends what they have open within a second. One question per session, however many sockets it has.
 */
export function watchSessions(
  sockets: ReadonlySet<Watched>, authenticate: (credential: Credential) => Promise<Principal>, log: Log,
): { judgeNow(): void; stop(): void } {
  let judging = false;
  let again = false;
  let lastAnswer = Date.now();

  async function judgeAll(): Promise<void> {
    const questions = groupedByCredential(sockets);
    for (let start = 0; start < questions.length; start += AT_ONCE) {
      await Promise.all(questions.slice(start, start + AT_ONCE).map(judge));
    }
    if (questions.length === 0) lastAnswer = Date.now();
  }

  async function judge(watched: readonly [Watched, ...Watched[]]): Promise<void> {
    try {
      const principal = await authenticate(watched[0].credential);
      lastAnswer = Date.now();
      for (const socket of watched) if (!isDeepStrictEqual(socket.principal, principal)) socket.onChanged();
    } catch (error) {
      if (error instanceof RefusedError) {
        for (const socket of watched) socket.onChanged();
        return;
      }
      log.warn({ err: error }, 'A session behind an open socket could not be judged');
      if (Date.now() - lastAnswer > limits.sessionDoubtMs) for (const socket of watched) socket.onDoubt();
    }
  }

  /** One round at a time; what is asked for during a round is one more. */
  function judgeNow(): void {
    again = judging;
    if (judging) return;
    judging = true;
    void judgeAll().finally(() => {
      judging = false;
      if (again) judgeNow();
    });
  }

  const timer = setInterval(() => {
    if (!judging) judgeNow();
  }, limits.sessionCheckMs);
  return { judgeNow, stop: () => clearInterval(timer) };
}

function groupedByCredential(sockets: ReadonlySet<Watched>): [Watched, ...Watched[]][] {
  const groups = new Map<string, [Watched, ...Watched[]]>();
  for (const socket of sockets) {
    const key = JSON.stringify(socket.credential);
    const group = groups.get(key);
    if (group) group.push(socket);
    else groups.set(key, [socket]);
  }
  return [...groups.values()];
}
