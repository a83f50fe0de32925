import { session, type SessionCommand } from '../../../commands/session/decider';
import type { SessionEvent } from '../../../schema/session/events';
import { sealedText } from '../../support/sealed';
import { specification, twiceIsOnce } from '../../support/specification';

const spec = specification(session);
const data = {
  sessionId: 's1', userId: 'u1', method: 'password' as const, address: sealedText('u1', 'address', '192.0.2.1'), device: sealedText('u1', 'device', 'a browser'),
};
const open: SessionCommand = { type: 'OpenSession', ...data };
const end: SessionCommand = { type: 'EndSession', sessionId: 's1', userId: 'u1', reason: 'signed_out' };
const opened: SessionEvent = { type: 'SessionOpened', data };
const ended: SessionEvent = { type: 'SessionEnded', data: { sessionId: 's1', userId: 'u1', reason: 'signed_out' } };

describe('a session', () => {
  it('is opened once', () => {
    spec.given().when(open).then([opened]);
    spec.given([opened]).when(open).thenNothing();
    twiceIsOnce(session, [], open);
  });

  it('ends once, for the first reason', () => {
    spec.given([opened]).when(end).then([ended]);
    spec.given([opened, ended]).when({ ...end, reason: 'revoked' }).thenNothing();
    twiceIsOnce(session, [opened], end);
  });

  it('that ended is not opened again', () => {
    spec.given([opened, ended]).when(open).thenNothing();
  });

  it('of another system ends without having been opened here', () => {
    spec.given().when(end).then([ended]);
    spec.given([ended]).when(end).thenNothing();
  });
});
