import type { Pool } from 'pg';
import { removeEmptyQueues } from '../../../src/jobs/empty-queues';

it('a connection that broke while queues were removed is not used again: it may still hold the lock', async () => {
  const released: unknown[] = [];
  const client = {
    query: async (text: string) => {
      if (text.startsWith('lock') || text === 'rollback') throw new Error(`${text.split(' ')[0]} failed`);
    },
    release: (broken?: Error) => void released.push(broken?.message),
  };
  await expect(removeEmptyQueues({ connect: async () => client } as unknown as Pool)).rejects.toThrow('lock failed');
  expect(released).toEqual(['rollback failed']);
});
