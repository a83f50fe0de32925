import { rmSync } from 'node:fs';

/** Ends the Postgres of the test run and removes its data. */
export default async function stopPostgres(): Promise<void> {
  const running = globalThis.testPostgres;
  if (!running) return;
  globalThis.testPostgres = undefined;
  await running.server.stop();
  rmSync(running.dataDir, { recursive: true, force: true });
}
