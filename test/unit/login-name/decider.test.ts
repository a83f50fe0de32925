import { loginName } from '../../../commands/login-name/decider';
import { specification, twiceIsOnce } from '../../support/specification';

const claimed = { type: 'LoginNameClaimed', data: { userId: 'u1' } } as const;
const released = { type: 'LoginNameReleased', data: { userId: 'u1' } } as const;
const given = (...events: Parameters<ReturnType<typeof specification<any, any, typeof loginName.events>>['given']>[0] & object) =>
  specification(loginName).given(events);

test('a free name is claimed', () => given().when({ type: 'ClaimLoginName', userId: 'u1' }).then([claimed]));
test('twice is once', () => twiceIsOnce(loginName, [], { type: 'ClaimLoginName', userId: 'u1' }));
test('a taken name is refused', () => given(claimed).when({ type: 'ClaimLoginName', userId: 'u2' }).thenRefused('E4091', 'email_taken'));
test('whoever has it gives it back', () => given(claimed).when({ type: 'ReleaseLoginName', userId: 'u1' }).then([released]));
test('giving it back twice is once', () => twiceIsOnce(loginName, [claimed], { type: 'ReleaseLoginName', userId: 'u1' }));
test('nobody gives back what another has', () => given(claimed).when({ type: 'ReleaseLoginName', userId: 'u2' }).thenNothing());
test('a name that was given back is claimed by another', () =>
  given(claimed, released).when({ type: 'ClaimLoginName', userId: 'u2' }).then([{ type: 'LoginNameClaimed', data: { userId: 'u2' } }]));
