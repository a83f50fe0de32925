/**
 * Judges a key pool by what its workers saw from outside. All times are of one clock, the workers', in milliseconds:
 * what is certain is only what follows from when a question was sent and when its answer had come.
 */
export interface RequestHistory {
  requestId: string;
  worker: string;
  /** Requests of one class may be served by the same keys. */
  kind: string;
  ttlMs: number;
  firstSentAt: number;
  /** Answers that it still waits, in order. Only what was asked for counts: an item of a subscription may be late. */
  waits: { sentAt: number; receivedAt: number }[];
  /** Answers and items that showed its lease, in order. */
  grants: Shown[];
  beats: { sentAt: number; receivedAt: number; token: string; counts: boolean }[];
  releases: { sentAt: number; receivedAt?: number; token: string; accepted?: boolean }[];
  /** How it ended for its worker: `vanished` on purpose, `told` why there is no lease. Undefined: nobody ever said. */
  outcome: 'released' | 'lost' | 'vanished' | 'told' | undefined;
}

export interface Shown {
  receivedAt: number;
  /** When the question was sent that found the lease in use; undefined when that is not known. */
  aliveAt: number | undefined;
  leaseId: string;
  token: string;
  /** Name of the key, when it is known. */
  key: string | undefined;
  /** Whether the secret came with it. */
  secret: boolean;
}

export interface KeyRules {
  name: string;
  concurrencyLimit: number;
  rpmLimit: number | null;
  /** Classes of requests that it may serve. */
  kinds: readonly string[];
}

const MINUTE_MS = 60_000;

/** What is wrong with a history; empty when everything may have been right. */
export function violationsOf(keys: readonly KeyRules[], histories: readonly RequestHistory[]): string[] {
  const granted = histories.filter(({ grants }) => grants.length > 0);
  return [
    ...histories.flatMap(unserved),
    ...histories.flatMap(contradictions),
    ...sharedTokens(granted),
    ...fallingTokens(granted),
    ...keys.flatMap((key) => overfull(key, granted)),
    ...keys.flatMap((key) => tooFast(key, granted)),
    ...granted.flatMap((history) => outOfScope(keys, history)),
    ...overtaken(histories),
  ];
}

function unserved({ requestId, outcome }: RequestHistory): string[] {
  return outcome === undefined ? [`unserved: ${requestId} got neither a lease nor a reason`] : [];
}

/** What the answers to one request say against each other. */
function contradictions({ requestId, ttlMs, grants, beats, releases }: RequestHistory): string[] {
  const [first] = grants;
  if (!first) return [];
  const found: string[] = [];
  for (const { leaseId, token, key } of grants) {
    if (leaseId !== first.leaseId || token !== first.token) found.push(`granted twice: ${requestId} was shown ${first.leaseId}/${first.token} and ${leaseId}/${token}`);
    if (key !== undefined && first.key !== undefined && key !== first.key) found.push(`two keys: ${requestId} was shown ${first.key} and ${key}`);
  }
  if (grants.filter(({ secret }) => secret).length > 1) found.push(`secret twice: ${requestId} was told the secret more than once`);
  const over = Math.min(...releases.filter(({ accepted }) => accepted).map(({ receivedAt }) => receivedAt!));
  for (const beat of beats) {
    if (beat.counts && beat.sentAt > over) found.push(`lives on: a heartbeat of ${requestId} counted after its release`);
    const alive = lastAlive(grants, beats, beat.receivedAt);
    const released = releases.some(({ sentAt }) => sentAt < beat.receivedAt);
    if (!beat.counts && !released && alive !== undefined && beat.receivedAt < alive + ttlMs) {
      found.push(`lost early: ${requestId} was over ${Math.round(beat.receivedAt - alive)} ms after it was last in use`);
    }
  }
  return found;
}

/** When the newest question was sent that found the lease in use and was answered by then. */
function lastAlive(grants: readonly Shown[], beats: RequestHistory['beats'], by: number): number | undefined {
  const times = [
    ...grants.flatMap(({ aliveAt, receivedAt }) => (aliveAt !== undefined && receivedAt <= by ? [aliveAt] : [])),
    ...beats.flatMap(({ counts, sentAt, receivedAt }) => (counts && receivedAt <= by ? [sentAt] : [])),
  ];
  return times.length === 0 ? undefined : Math.max(...times);
}

function sharedTokens(granted: readonly RequestHistory[]): string[] {
  const owners = new Map<string, string>();
  return granted.flatMap(({ requestId, grants }) => [...new Set(grants.flatMap(({ token, leaseId }) => [`token ${token}`, `lease ${leaseId}`]))]
    .flatMap((what) => {
      const owner = owners.get(what);
      owners.set(what, requestId);
      return owner === undefined ? [] : [`shared: ${what} went to ${owner} and to ${requestId}`];
    }));
}

/** A grant that was certainly before another has the lower token. */
function fallingTokens(granted: readonly RequestHistory[]): string[] {
  const grants = granted.map(({ requestId, firstSentAt, waits, grants: [first] }) => ({
    requestId, token: BigInt(first!.token), after: Math.max(firstSentAt, ...waits.map(({ sentAt }) => sentAt)), before: first!.receivedAt,
  }));
  const byEnd = [...grants].sort((a, b) => a.before - b.before);
  const found: string[] = [];
  let highest: (typeof grants)[number] | undefined;
  let next = 0;
  for (const grant of [...grants].sort((a, b) => a.after - b.after)) {
    for (; next < byEnd.length && byEnd[next]!.before < grant.after; next++) {
      if (!highest || byEnd[next]!.token > highest.token) highest = byEnd[next];
    }
    if (highest && highest.token > grant.token) found.push(`falling: ${grant.requestId} got ${grant.token} after ${highest.requestId} had ${highest.token}`);
  }
  return found;
}

/** The time in which a request certainly held its lease. */
function heldBy({ ttlMs, grants, beats, releases }: RequestHistory): { from: number; to: number } | undefined {
  const alive = lastAlive(grants, beats, Infinity);
  if (alive === undefined) return undefined;
  const from = Math.min(...grants.map(({ receivedAt }) => receivedAt));
  // A heartbeat that does not count says that it was over by then.
  const known = beats.filter(({ counts }) => !counts).map(({ receivedAt }) => receivedAt);
  const to = Math.min(alive + ttlMs, ...releases.map(({ sentAt }) => sentAt), ...known);
  return to > from ? { from, to } : undefined;
}

const keyOf = ({ grants }: RequestHistory): string | undefined => grants.find(({ key }) => key !== undefined)?.key;

function overfull({ name, concurrencyLimit }: KeyRules, granted: readonly RequestHistory[]): string[] {
  const edges = granted.filter((history) => keyOf(history) === name).flatMap((history) => {
    const held = heldBy(history);
    return held ? [{ at: held.from, by: 1, requestId: history.requestId }, { at: held.to, by: -1, requestId: history.requestId }] : [];
  }).sort((a, b) => a.at - b.at || a.by - b.by);
  const found: string[] = [];
  const holders = new Set<string>();
  for (const { by, requestId } of edges) {
    if (by < 0) holders.delete(requestId);
    else holders.add(requestId);
    if (by > 0 && holders.size > concurrencyLimit) found.push(`overfull: ${name} was held by ${[...holders].join(', ')}`);
  }
  return found;
}

/** The log's own time of a grant lies between the first question and the first answer that showed it. */
function tooFast({ name, rpmLimit }: KeyRules, granted: readonly RequestHistory[]): string[] {
  if (rpmLimit === null) return [];
  const grants = granted.filter((history) => keyOf(history) === name)
    .map(({ firstSentAt, grants: [first] }) => ({ from: firstSentAt, to: first!.receivedAt })).sort((a, b) => a.to - b.to);
  for (const { from } of grants) {
    const within = grants.filter((grant) => grant.from >= from && grant.to < from + MINUTE_MS).length;
    if (within > rpmLimit) return [`too fast: ${name} was granted ${within} times in a minute`];
  }
  return [];
}

function outOfScope(keys: readonly KeyRules[], history: RequestHistory): string[] {
  const key = keys.find(({ name }) => name === keyOf(history));
  return key && !key.kinds.includes(history.kind) ? [`out of scope: ${history.requestId} of ${history.kind} got ${key.name}`] : [];
}

/** Of two requests of one class the one that certainly came first is not served while the other certainly still waits. */
function overtaken(histories: readonly RequestHistory[]): string[] {
  const found: string[] = [];
  for (const kind of new Set(histories.map((history) => history.kind))) {
    const own = histories.filter((history) => history.kind === kind);
    const waited = own.flatMap(({ requestId, waits }) => (waits.length === 0 ? [] : [{ requestId, since: waits[0]!.receivedAt, until: waits.at(-1)!.sentAt }]));
    for (const { requestId, firstSentAt, grants: [first] } of own) {
      const before = first && waited.find(({ since, until }) => since < firstSentAt && first.receivedAt < until);
      if (before) found.push(`overtaken: ${requestId} was served while ${before.requestId} waited, who came before`);
    }
  }
  return found;
}
