import { signIn } from '../../../commands/sign-in/decider';
import type { SignInEvent } from '../../../schema/sign-in/events';
import { sealedText } from '../../support/sealed';
import { specification } from '../../support/specification';

const data: SignInEvent['data'] = { userId: null, reason: 'credentials', address: sealedText('strangers', 'address', '192.0.2.1') };

describe('a failed sign-in', () => {
  it('is written down each time, for somebody and for nobody', () => {
    const failed: SignInEvent = { type: 'SignInFailed', data };
    specification(signIn).given().when({ type: 'RecordSignInFailure', ...data }).then([failed]);
    specification(signIn).given([failed]).when({ type: 'RecordSignInFailure', ...data, userId: 'u1', reason: 'inactive' })
      .then([{ type: 'SignInFailed', data: { ...data, userId: 'u1', reason: 'inactive' } }]);
  });
});
