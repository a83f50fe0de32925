import type { CommandRuntime } from '../../src/command-runtime/port';
import type { RefusalRecorder } from '../../src/graphql/refusals';
import type { Log } from '../../src/postgres/log';
import type { Vault } from '../../src/vault/port';

export function createRefusalRecorder(_services: { commands: CommandRuntime; vault: Vault; log: Log; clock: () => Date }): RefusalRecorder {
  return { record: async () => {} };
}
