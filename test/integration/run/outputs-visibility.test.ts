import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../../commands/run/decider';
import { runsProjector } from '../../../projections/run/projector';
import { outputFiles } from '../../../queries/run/outputs';
import { createBlobStore } from '../../../src/blobs/store';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createVault } from '../../../src/vault/vault';
import { service } from '../../support/principals';
import { sealedText } from '../../support/sealed';
import { person, startServer, type TestServer } from '../graphql/harness';
import { createSetting, eventually, type Setting } from '../projection-runtime/setting';

const TENANT = 'tenant-1';
let setting: Setting;
let server: TestServer;
let folder: string;

beforeAll(async () => {
  setting = await createSetting();
  const vault = await createVault({ pool: setting.pool, masterKey: randomBytes(32) });
  await setting.runtime({ vault: { ...vault, open: async (_tenant, sealed) => sealed.map(() => null) }, projectors: [runsProjector] });
  folder = mkdtempSync(path.join(os.tmpdir(), 'outputs-'));
  const blobs = createBlobStore(`file://${folder}/blobs`, '');
  const file = path.join(folder, 'file');
  writeFileSync(file, 'the picture');
  await blobs.put('tenant-1/r1/kept', { path: file, contentType: 'image/png' });
  server = await startServer({
    db: (principal) => setting.reads.of(principal.kind === 'anonymous' ? undefined : principal.tenantId), runOutputs: { files: outputFiles, blobs },
  });
  server.sessions.set('auditor', person('auditor-1', 'auditor')).set('neighbour', person('user-2')).set('stranger', person('owner-2', 'owner', 'tenant-2'))
    .set('client', service('client-1', ['runs:read'])).set('namesake', person('user-1', 'user', 'tenant-2'));
  await makeOutputs();
});
afterAll(async () => {
  await server.close();
  await setting.close();
  rmSync(folder, { recursive: true });
});

/** A run of `user-1` with a file that was kept and one that could not be fetched. */
async function makeOutputs(): Promise<void> {
  const commands = createCommandRuntime({ store: setting.store });
  const act = async (what: Parameters<typeof run.decide>[1]): Promise<void> => {
    const id = `r1 ${what.type}`;
    const command = { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant: TENANT } as const;
    const outcome = await commands.execute(run, 'r1', what, command);
    if (!outcome.accepted) throw new Error(outcome.refusal.message);
  };
  const file = { kind: 'image', contentType: 'image/png', bytes: 11, width: 1, height: 1, durationMs: null, thumbnail: null } as const;
  const source = sealedText('r1', 'source', 'https://vendor.test/1.png');
  await act({ type: 'RequestRun', request: { runId: 'r1', kind: 'image', model: 'm', provider: 'legnext', requestedBy: 'user-1', simulated: true } });
  await act({ type: 'StartRun', attempt: 1 });
  await act({
    type: 'CompleteRun', promptTokens: null, completionTokens: null, cost: null, durationMs: 1, outputRef: null,
    outputs: [
      { ...file, outputId: 'kept', blob: 'tenant-1/r1/kept', digest: 'ab', source },
      { ...file, outputId: 'gone', blob: null, digest: null, source: { ...source, nonce: 'gone' } },
    ],
  });
  await commands.close();
  await eventually(async () => (await setting.pool.query("select 1 from views.run_outputs where id = 'kept'")).rows.length === 1);
}

const get = async (who: string, id = 'kept'): Promise<[number, string]> => {
  const response = await fetch(`${server.url}/outputs/${id}`, { headers: { cookie: `keyledger=${who}` } });
  return [response.status, response.status === 200 ? await response.text() : ((await response.json()) as any).errors[0].extensions.rule];
};

test.each(['user-token', 'auditor', 'admin-token', 'client'])('TEST-58: a file is given to whoever sees its run: %s', async (who) => {
  expect(await get(who)).toEqual([200, 'the picture']);
});

test.each(['neighbour', 'stranger', 'namesake'])('to whoever does not, it is as if there were none: %s', async (who) => {
  expect(await get(who)).toEqual([404, 'output']);
  expect(await get(who, 'unknown')).toEqual([404, 'output']);
});

test('of a file that could not be fetched there is no copy to give', async () => {
  expect(await get('user-token', 'gone')).toEqual([404, 'output']);
});
