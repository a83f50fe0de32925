import fc from 'fast-check';
import { projectorSpecification, type GivenEvent } from '../../support/projector-specification';
import { accountView } from './account-view';

const accountId = fc.constantFrom('a', 'b', 'c');
const tags = fc.array(fc.string(), { maxLength: 3 });
const amount = fc.integer({ min: -1_000, max: 1_000 });

const anyEvent: fc.Arbitrary<GivenEvent> = fc.oneof(
  fc.record({ type: fc.constant('AccountOpened'), data: fc.record({ accountId, tags, ratio: fc.constantFrom('0.5', '12.25') }) }),
  fc.record({ type: fc.constant('AccountNamed'), data: fc.record({ accountId, name: fc.string() }) }),
  fc.record({ type: fc.constant('MoneyMoved'), data: fc.record({ accountId, movementId: fc.uuid(), amount }) }),
  fc.record({ type: fc.constant('AccountClosed'), data: fc.record({ accountId }) }),
  fc.record({ type: fc.constant('AccountErased'), data: fc.record({ accountId }) }),
);

describe('batches', () => {
  const specification = projectorSpecification(accountView());

  it('give the same rows in any split', async () => {
    await fc.assert(fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 40 }), async (events) => {
      await specification.given(events);
    }), { numRuns: 12 });
  });

  it('say what the specification asks for', async () => {
    const tables = await specification.given([
      { type: 'AccountOpened', data: { accountId: 'a', tags: ['x'] } },
      { type: 'MoneyMoved', data: { accountId: 'a', movementId: 'm', amount: 3 } },
      { type: 'MoneyMoved', data: { accountId: 'nobody', movementId: 'n', amount: 3 } },
    ]);
    expect(tables.account).toMatchObject([
      { account_id: 'a', balance: '3', tags: ['x'], opened_at: new Date('2026-01-01T00:00:00.000Z'), position: '20' },
    ]);
    expect(tables.movement).toHaveLength(2);
  });

  it('keep texts that Postgres cannot hold as they stand from stopping a view', async () => {
    const { account } = await specification.given([
      { type: 'AccountOpened', data: { accountId: 'a', tags: ['zero \0', 'half \ud83d', 'slash \\u0000', 'whole \u{1f600}'] } },
      { type: 'AccountNamed', data: { accountId: 'a', name: 'zero \0' } },
    ]);
    const texts = ['zero \ufffd', 'half \ufffd', 'slash \\u0000', 'whole \u{1f600}'];
    expect(account).toMatchObject([{ owner_name: 'zero \ufffd', tags: texts, details: { 'quoted "key"': texts } }]);
  });
});
