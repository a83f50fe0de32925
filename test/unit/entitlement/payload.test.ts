import { SetEntitlementsPayloadFields } from '../../../queries/entitlement/queries';
import type { Context } from '../../../src/graphql/context';

test('what was granted is left out while the view is behind: the write is done, so nothing is thrown', async () => {
  const behind = {
    minPosition: 7n,
    live: { waitFor: async () => false },
    waitForViews: async () => { throw new Error('behind'); },
  } as unknown as Context;
  const fields = new SetEntitlementsPayloadFields();
  const changed = { kind: 'tier', name: 'free', tier: 'free' } as const;
  expect(await fields.entitlements(changed, behind)).toBeNull();
  expect(await fields.effective(changed, behind)).toBeNull();
});
