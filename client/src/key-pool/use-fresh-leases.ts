import { useEffect, useEffectEvent } from 'react';
import { useClient } from 'urql';
import { ask } from '../graphql/client';
import { KeyPoolDocument } from './gql/documents';
import { isLate } from './lease-time';
import type { KeyPoolRow } from './list';

const everyMs = 5_000;

/** Heartbeats are no events and no feed tells them: while a lease looks late, its pool is asked for again. */
export function useFreshLeases(pool: KeyPoolRow | undefined, onAnswer: (pool: KeyPoolRow) => void): void {
  const client = useClient();
  const refresh = useEffectEvent(async () => {
    if (!pool || document.hidden || !pool.leases.some((lease) => isLate(lease, Date.now()))) {
      return;
    }
    const { data } = await ask(client, KeyPoolDocument, { provider: pool.provider });
    if (data?.keyPool) {
      onAnswer(data.keyPool);
    }
  });
  useEffect(() => {
    const timer = setInterval(() => void refresh(), everyMs);
    return () => clearInterval(timer);
  }, []);
}
