import { identity } from '../../../commands/identity/decider';
import { specification, twiceIsOnce } from '../../support/specification';

const linked = { type: 'IdentityLinked', data: { userId: 'u1', provider: 'google' } } as const;
const unlinked = { type: 'IdentityUnlinked', data: { userId: 'u1', provider: 'google' } } as const;
const link = { type: 'LinkIdentity', userId: 'u1', provider: 'google' } as const;
const unlink = { type: 'UnlinkIdentity', userId: 'u1' } as const;

test('a free account elsewhere is linked', () => specification(identity).given().when(link).then([linked]));
test('twice is once', () => {
  twiceIsOnce(identity, [], link);
  twiceIsOnce(identity, [linked], unlink);
});
test('that of somebody else is refused', () =>
  specification(identity).given([linked]).when({ ...link, userId: 'u2' }).thenRefused('E4091', 'identity_taken'));
test('it is unlinked by whose it is, and then free for others', () => {
  specification(identity).given([linked]).when(unlink).then([unlinked]);
  specification(identity).given([linked, unlinked]).when({ ...link, userId: 'u2' }).then([{ type: 'IdentityLinked', data: { userId: 'u2', provider: 'google' } }]);
});
test('nobody unlinks that of somebody else', () => specification(identity).given([linked]).when({ ...unlink, userId: 'u2' }).thenNothing());
