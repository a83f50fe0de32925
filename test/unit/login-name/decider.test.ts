import { loginName } from '../../../commands/login-name/decider';
import { specification, twiceIsOnce } from '../../support/specification';

const claimed = { type: 'LoginNameClaimed', data: { userId: 'u1' } } as const;

test('a free name is claimed', () => specification(loginName).given().when({ type: 'ClaimLoginName', userId: 'u1' }).then([claimed]));
test('twice is once', () => twiceIsOnce(loginName, [], { type: 'ClaimLoginName', userId: 'u1' }));
test('a taken name is refused', () =>
  specification(loginName).given([claimed]).when({ type: 'ClaimLoginName', userId: 'u2' }).thenRefused('E4091', 'email_taken'));
