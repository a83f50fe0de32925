import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { keyPool, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import { followRequest, type RequestUpdate } from '../../../commands/key-pool/ticket-watch';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';
import type { Context } from '../../../src/graphql/context';
import { eventually } from '../../support/eventually';
import { person } from '../../support/principals';
import { addKey, release, request } from './pool';

const FOLLOWED = 1_000;
const RELEASES = 25;

let end = async (): Promise<void> => {};
afterEach(() => end());

/** A pool with one key, and callers who follow their requests there until the test ends. */
async function watchedPool() {
  const commands = createCommandRuntime({ store: createInMemoryEventStore() });
  const changed = new Set<() => void>();
  const endings: AbortController[] = [];
  end = async () => {
    for (const ending of endings) ending.abort();
    await commands.close();
  };
  const live = { onChange: (_view: string, listener: () => void) => changed.add(listener) && (() => changed.delete(listener)) };
  function contextOf(user: string, tenant: string): Context {
    const ending = new AbortController();
    setMaxListeners(0, ending.signal);
    endings.push(ending);
    return { commands, now: () => new Date(), signal: ending.signal, principal: person(user, 'owner', tenant), live } as unknown as Context;
  }
  const send = async (command: KeyPoolCommand): Promise<void> => {
    const commandId = randomUUID();
    const metadata = { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'test' }, tenant: 'a' } as const;
    expect(await commands.execute(keyPool, 'vendor', { ...command, now: Date.now() }, metadata)).toMatchObject({ accepted: true });
  };
  await send(addKey('k'));
  return { changed, contextOf, send };
}

test('with a thousand who follow, places are told from time to time, and a grant at once', async () => {
  const { changed, contextOf, send } = await watchedPool();
  const context = contextOf('anna', 'a');
  const ids = Array.from({ length: FOLLOWED + 1 }, (_, n) => `vendor/${n}`);
  for (const id of ids) await send(request(id, { maxWaitMs: 3_600_000, holder: 'anna' }));

  const told = new Map<string, RequestUpdate[]>();
  for (const id of ids.slice(1)) {
    const updates: RequestUpdate[] = [];
    told.set(id, updates);
    void (async () => {
      for await (const update of await followRequest(context, id, 'anna')) updates.push(update);
    })();
  }
  await eventually(async () => [...told.values()].every((updates) => updates.length > 0), 20_000);

  const begun = performance.now();
  for (let n = 0; n < RELEASES; n++) {
    await send(release(ids[n]!, n + 1, { holder: 'anna' }));
    for (const listener of changed) listener();
    await eventually(async () => told.get(ids[n + 1]!)!.at(-1)!.standing === 'granted', 20_000);
  }
  const rounds = (performance.now() - begun) / (FOLLOWED / 2);
  const last = told.get(ids.at(-1)!)!;
  const places = last.length;
  await eventually(async () => last.at(-1)!.waiting?.place === FOLLOWED - RELEASES, 20_000);
  expect(places).toBeLessThanOrEqual(rounds + 3);
}, 60_000);

test('callers of one tenant follow so many requests at once and no more, which leaves room for those of others', async () => {
  const { contextOf, send } = await watchedPool();
  for (const id of ['vendor/x', 'vendor/y', 'vendor/z']) await send(request(id, { holder: id === 'vendor/z' ? 'bob' : 'anna' }));
  const follow = (id: string, user = 'anna', tenant = 'a') => followRequest(contextOf(user, tenant), id, user);

  const followed = await Promise.all(Array.from({ length: 2_500 }, () => follow('vendor/x')));
  await expect(follow('vendor/y')).rejects.toMatchObject({ refusal: { code: 'E4291', rule: 'too_many_followed', details: { limit: 2_500 } } });
  await follow('vendor/z', 'bob', 'b');
  await followed[0]!.return!();
  await follow('vendor/y');
  await expect(follow('vendor/y')).rejects.toMatchObject({ refusal: { rule: 'too_many_followed' } });
  await Promise.all(Array.from({ length: 2_499 }, () => follow('vendor/z', 'bob', 'b')));
  await expect(follow('vendor/z', 'carl', 'c')).rejects.toMatchObject({ refusal: { rule: 'too_many_followed', details: { limit: 5_000 } } });
});
