import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { refusalOf } from '../../src/graphql/errors';
import { isPassing } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import { user, userUnknown, type By } from './decider';

/** What became of each of many. */
export interface ItemResult {
  index: number;
  userId?: string;
  refusal?: Refusal;
}

/** So many are worked on at once: enough to be quick, few enough to leave room for others. */
const AT_ONCE = 32;

/** Maps a list, a few items at a time. */
export async function inTurn<Item, Result>(items: readonly Item[], run: (item: Item, index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...await Promise.all(items.slice(start, start + AT_ONCE).map((item, offset) => run(item, start + offset))));
  }
  return results;
}

/**
 * Does one act on each of many; what is refused for one does not hold up the others.
 * @param field of the input, where the items are
 * @param run answers as a single act would, and has no second effect when it is run again
 * @returns an outcome whose answer keeps the results as text, because answers that are kept for repeats are flat
 * @throws RefusedError when one was refused in passing, after the others have been done
 */
export async function onEach<Item>(
  field: string, items: readonly Item[], run: (item: Item, index: number) => Promise<CommandOutcome<{ userId: string }>>,
): Promise<CommandOutcome<{ results: string }>> {
  let position = 0n;
  const results = await inTurn(items, async (item, index): Promise<ItemResult> => {
    const outcome = await run(item, index).catch(refusedOnly);
    if ('position' in outcome && outcome.position > position) position = outcome.position;
    if (outcome.accepted) return { index, userId: outcome.answer.userId };
    // The item itself is the user.
    const within = (outcome.refusal.path ?? []).filter((name) => name !== 'userId');
    return { index, refusal: { ...outcome.refusal, path: ['input', field, String(index), ...within] } };
  });
  giveUpOnPassing(results.flatMap(({ refusal }) => refusal ?? []));
  return { accepted: true, answer: { results: JSON.stringify(results) }, position, revision: -1n };
}

/**
 * An answer is kept for its repeats, and what may go through in a moment must not be refused for as long. The same act
 * sent again finds done what was done, and does the rest.
 * @throws RefusedError with the first refusal that passes, if there is one. Call it when everything else has been done
 */
export function giveUpOnPassing(refusals: readonly Refusal[]): void {
  const passing = refusals.find(isPassing);
  if (passing) throw new RefusedError(passing);
}

export function refusedOnly(error: unknown): { accepted: false; refusal: Refusal } {
  const refusal = refusalOf(error);
  if (!refusal) throw error;
  return { accepted: false, refusal };
}

/**
 * The users of these global ids.
 * @param orDeleted whether somebody deleted counts as known: a deletion that is repeated finds those whom it has deleted
 * @throws RefusedError E4041 naming every id that is no user of the tenant
 */
export async function knownUsers(
  { commands }: Pick<Context, 'commands'>, globalIds: readonly string[], by: By, orDeleted = false,
): Promise<string[]> {
  const refusals = await inTurn(globalIds, async (globalId, index): Promise<Refusal[]> => {
    const userId = idOf(globalId);
    const { state } = userId === undefined ? { state: undefined } : await commands.load(user, userId);
    if (state?.exists && (orDeleted || !state.deleted) && state.tenantId === by.tenantId) return [];
    return [{ ...userUnknown, path: ['userIds', String(index)], details: { userId: globalId } }];
  });
  refuseAll(refusals.flat());
  return globalIds.map((globalId) => fromGlobalId(globalId, 'User'));
}

function idOf(globalId: string): string | undefined {
  try {
    return fromGlobalId(globalId, 'User');
  } catch {
    return undefined;
  }
}

/** @throws RefusedError with all of the refusals, if there are any */
export function refuseAll([first, ...others]: readonly Refusal[]): void {
  if (first) throw new RefusedError({ ...first, others });
}
