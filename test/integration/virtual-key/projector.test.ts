import { virtualKeysProjector } from '../../../projections/virtual-key/projector';
import { projectorSpecification } from '../../support/projector-specification';

const requested = (keyId: string) => ({
  type: 'VirtualKeyRequested',
  stream: `virtualKey-${keyId}`,
  data: {
    keyId, keyAlias: `alias of ${keyId}`, ownerId: 'u1', models: ['gpt-4o-mini', 'a "quoted", model'], maxBudget: '10.500000', budgetDuration: '30d', rpmLimit: 60,
    tpmLimit: null, maxParallelRequests: 0, duration: '90d', lastFour: 'abcd', fingerprint: 'f1', secretRef: keyId, simulated: true,
  },
});
const provisioned = (keyId: string) => ({
  type: 'VirtualKeyProvisioned', stream: `virtualKey-${keyId}`, data: { keyId, tokenHash: 'h1', expiresAt: '2026-04-01T00:00:00.000Z' },
});
const failed = (keyId: string, reason: string, final: boolean) => ({
  type: 'VirtualKeyProvisioningFailed', stream: `virtualKey-${keyId}`, data: { keyId, reason, final },
});

describe('virtual_keys', () => {
  const specification = projectorSpecification(virtualKeysProjector);

  it('shows a requested key as it was asked for, and nothing of its secret', async () => {
    const [row] = (await specification.given([requested('k1')])).virtual_keys!;
    expect(row).toEqual({
      id: 'k1', tenant_id: 'tenant-1', key_alias: 'alias of k1', owner_id: 'u1', last_four: 'abcd', models: ['gpt-4o-mini', 'a "quoted", model'],
      max_budget: '10.500000', budget_duration: '30d', rpm_limit: 60, tpm_limit: null, max_parallel_requests: 0, expires_at: null, state: 'pending',
      failure: null, simulated: true, token_hash: null, created_at: new Date('2026-01-01T00:00:00.000Z'), updated_at: new Date('2026-01-01T00:00:00.000Z'),
      revision: '0', position: '10',
    });
  });

  it('stays pending with the last failure, and forgets it once active', async () => {
    const { virtual_keys: rows } = await specification.given([
      requested('k1'), requested('k2'), failed('k1', 'LiteLLM is down', false), failed('k2', 'LiteLLM is down', false), provisioned('k2'),
    ]);
    expect(rows).toMatchObject([
      { id: 'k1', state: 'pending', failure: 'LiteLLM is down', revision: '1' },
      { id: 'k2', state: 'active', failure: null, token_hash: 'h1', expires_at: new Date('2026-04-01T00:00:00.000Z'), revision: '2', position: '50' },
    ]);
  });

  it('fails for good after a final failure', async () => {
    const [row] = (await specification.given([requested('k1'), failed('k1', 'down', false), failed('k1', 'alias taken', true)])).virtual_keys!;
    expect(row).toMatchObject({ state: 'failed', failure: 'alias taken' });
  });
});
