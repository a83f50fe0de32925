import { useEffect, useState } from 'react';
import { useAct } from '../graphql/use-act';
import { ActivateProviderKeyDocument, DeactivateProviderKeyDocument, RecoverProviderKeyDocument } from './gql/documents';
import type { KeyPoolRow, ProviderKeyRow } from './list';

/** How long an act that can be taken back offers to. */
const undoMs = 8_000;

interface Payload {
  keyPool: KeyPoolRow | null;
}

/** Acts on a key that are done at once, because they can be taken back. */
export function useKeySwitch(onChanged: (pool: KeyPoolRow) => void) {
  const off = useAct(DeactivateProviderKeyDocument, (data) => data.deactivateProviderKey);
  const on = useAct(ActivateProviderKeyDocument, (data) => data.activateProviderKey);
  const rest = useAct(RecoverProviderKeyDocument, (data) => data.recoverProviderKey);
  /** The key that was switched off last. */
  const [undoable, setUndoable] = useState<ProviderKeyRow>();
  const [problems, setProblems] = useState<typeof off.problems>([]);

  useEffect(() => {
    const timer = undoable && setTimeout(() => setUndoable(undefined), undoMs);
    return () => clearTimeout(timer);
  }, [undoable]);

  async function run(send: () => Promise<{ payload: Payload | undefined; problems: typeof off.problems }>): Promise<boolean> {
    const { payload, problems: found } = await send();
    setProblems(found);
    if (payload?.keyPool) {
      onChanged(payload.keyPool);
    }
    return payload !== undefined;
  }

  return {
    undoable,
    problems,
    busy: on.busy,
    async switchOff(key: ProviderKeyRow): Promise<void> {
      if (await run(() => off.send({ providerKeyId: key.id }))) {
        setUndoable(key);
      }
    },
    async switchOn(key: ProviderKeyRow): Promise<void> {
      if (await run(() => on.send({ providerKeyId: key.id }))) {
        setUndoable(undefined);
      }
    },
    recover: (key: ProviderKeyRow) => run(() => rest.send({ providerKeyId: key.id })),
  };
}
