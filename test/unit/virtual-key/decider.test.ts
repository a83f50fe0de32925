import { virtualKey } from '../../../commands/virtual-key/decider';
import type { VirtualKeyEvent, VirtualKeyRequest } from '../../../schema/virtual-key/events';
import { parseMoney } from '../../../schema/virtual-key/money';
import { specification, twiceIsOnce } from '../../support/specification';

const request: VirtualKeyRequest = {
  keyId: 'k1', keyAlias: 'laptop', ownerId: 'u1', models: ['gpt-4o-mini'], maxBudget: '10.000000', budgetDuration: '30d',
  rpmLimit: 60, tpmLimit: null, maxParallelRequests: 0, duration: null, lastFour: 'abcd', fingerprint: 'f1', secretRef: 'k1', simulated: true,
};
const requested: VirtualKeyEvent = { type: 'VirtualKeyRequested', data: request };
const provisioned: VirtualKeyEvent = { type: 'VirtualKeyProvisioned', data: { keyId: 'k1', tokenHash: 'h1', expiresAt: null } };
const failed = (reason: string, final: boolean): VirtualKeyEvent =>
  ({ type: 'VirtualKeyProvisioningFailed', data: { keyId: 'k1', reason, final } });

const issue = { type: 'IssueKey', request } as const;
const recordProvisioned = { type: 'RecordProvisioned', tokenHash: 'h1', expiresAt: null } as const;
const recordFailed = (reason: string, final = false) => ({ type: 'RecordProvisioningFailed', reason, final }) as const;

describe('virtualKey', () => {
  it('is requested once', () => {
    specification(virtualKey).given().when(issue).then([requested]);
    twiceIsOnce(virtualKey, [], issue);
  });

  it('becomes active once LiteLLM has it', () => {
    specification(virtualKey).given([requested]).when(recordProvisioned).then([provisioned]);
    twiceIsOnce(virtualKey, [requested], recordProvisioned);
  });

  it('becomes active even after it was given up, because LiteLLM has it', () => {
    specification(virtualKey).given([requested, failed('down', true)]).when(recordProvisioned).then([provisioned]);
  });

  it('stays pending with its last failure until a failure is final', () => {
    const pending = specification(virtualKey).given([requested]);
    pending.when(recordFailed('down')).then([failed('down', false)]);
    pending.when(recordFailed('down')).thenState((state) => expect(state).toMatchObject({ standing: 'pending', failure: 'down' }));
    pending.when(recordFailed('down', true)).thenState((state) => expect(state).toMatchObject({ standing: 'failed', failure: 'down' }));
    twiceIsOnce(virtualKey, [requested], recordFailed('down'));
    twiceIsOnce(virtualKey, [requested], recordFailed('down', true));
  });

  it('records every distinct failure, and the same one again only when it is final', () => {
    const down = specification(virtualKey).given([requested, failed('down', false)]);
    down.when(recordFailed('down')).thenNothing();
    down.when(recordFailed('refused')).then([failed('refused', false)]);
    down.when(recordFailed('down', true)).then([failed('down', true)]);
  });

  it('ignores failures after the end', () => {
    specification(virtualKey).given([requested, provisioned]).when(recordFailed('late', true)).thenNothing();
    specification(virtualKey).given([requested, failed('down', true)]).when(recordFailed('late')).thenNothing();
  });

  it('refuses outcomes of a key nobody asked for', () => {
    specification(virtualKey).given().when(recordProvisioned).thenRefused('E4041', 'virtual_key_unknown');
    specification(virtualKey).given().when(recordFailed('down')).thenRefused('E4041', 'virtual_key_unknown');
  });
});

describe('parseMoney', () => {
  it.each([['10', '10.000000'], ['0.5', '0.500000'], ['007', '7.000000'], ['0', '0.000000'], ['1.123456789', '1.123456789']])('%s is %s', (text, stored) => {
    expect(parseMoney(text)).toBe(stored);
  });

  it.each(['', '-1', '1e3', '1.', '.5', 'NaN', '1,5', '1234567890123', '0.1234567890123'])('%s is no amount', (text) => {
    expect(parseMoney(text)).toBeUndefined();
  });
});
