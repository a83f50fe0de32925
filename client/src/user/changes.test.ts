import { batchChanges, type BatchForm } from './batch-changes';
import type { UserRow } from './list';
import { formOf, userChanges } from './user-changes';

const keep = { text: '', clear: false };
const form = (changed: Partial<BatchForm>): BatchForm => ({ organization: keep, note: keep, tier: '', role: '', ...changed });

describe('a change for many', () => {
  it('leaves out what is empty, so that each keeps what they have', () => {
    expect(batchChanges(form({}))).toEqual({});
    expect(batchChanges(form({ tier: '  ', organization: { text: ' ', clear: false } }))).toEqual({});
  });

  it('clears only by the switch, whatever was typed before', () => {
    expect(batchChanges(form({ organization: { text: 'Physics', clear: true }, note: { text: '', clear: true } })))
      .toEqual({ organization: null, note: null });
  });

  it('sets what was typed and chosen', () => {
    expect(batchChanges(form({ organization: { text: ' Physics ', clear: false }, tier: 'pro', role: 'AUDITOR' })))
      .toEqual({ organization: 'Physics', tier: 'pro', role: 'AUDITOR' });
  });
});

describe('a change for one', () => {
  const user = {
    displayName: 'Ada', organization: 'Physics', note: null, tier: 'free', role: 'USER', dailyLimit: 100,
  } as unknown as UserRow;

  it('is nothing when the form was left as it is', () => {
    expect(userChanges(user, formOf(user))).toEqual({});
  });

  it('clears texts that were emptied, and takes the limit away', () => {
    expect(userChanges(user, { ...formOf(user), organization: '', dailyLimit: '' }))
      .toEqual({ profile: { organization: null }, dailyLimit: null });
  });

  it('tells profile, tier, role and limit apart, 0 being a limit', () => {
    expect(userChanges(user, { displayName: 'Ada L.', organization: 'Physics', note: 'x', tier: 'pro', role: 'AUDITOR', dailyLimit: '0' }))
      .toEqual({ profile: { displayName: 'Ada L.', note: 'x' }, tier: 'pro', role: 'AUDITOR', dailyLimit: 0 });
  });
});
