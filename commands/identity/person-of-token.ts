import type { Auth, TokenClaims } from '../../src/auth/port';
import { refuseCredential } from '../../src/auth/refuse';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Vault } from '../../src/vault/port';

/** Finds or makes the person that a trusted token speaks of. */
export async function personOfToken(_services: { commands: CommandRuntime; vault: Vault; auth: Auth }, _claims: TokenClaims): Promise<{ userId: string }> {
  return refuseCredential();
}
