import { RefusedError } from '../../schema/errors/catalogue';

/** One text for every credential that is no good, so that it tells nobody why. */
export function refuseCredential(cause?: unknown): never {
  throw new RefusedError({ code: 'E4011', rule: 'credential', message: 'The credential that was sent is not valid.' }, { cause });
}

export function refuseInactive(): never {
  throw new RefusedError({ code: 'E4011', rule: 'inactive_user', message: 'This account is not active.' });
}

/** Only for a credential that was good once: whoever has it knows so anyway. */
export function refuseExpired(): never {
  throw new RefusedError({ code: 'E4011', rule: 'token_expired', message: 'The token has expired.' });
}
