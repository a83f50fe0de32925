import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DataDirectoryInUse, lockDataDirectory } from '../../../src/embedded/instance-lock';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'keyledger-lock-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** As a process that was killed leaves the folder. */
function leftBehind(...names: string[]): void {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(path.join(dataDir, 'keyledger.pid'), [`${pid} 1`, ...names, ''].join('\n'));
}

test('a folder belongs to one process at a time, and an orderly one leaves nothing', () => {
  const lock = lockDataDirectory(dataDir);
  lock.note('mine');
  expect(() => lockDataDirectory(dataDir)).toThrow(DataDirectoryInUse);
  lock.unlock();
  expect(lockDataDirectory(dataDir).left).toEqual([]);
});

test('whoever takes a folder over from a process that died learns under which names that held things', () => {
  leftBehind('owner-1', 'pool-1');
  const lock = lockDataDirectory(dataDir);
  expect(lock.left).toEqual(['owner-1', 'pool-1']);
  lock.note('owner-2');
  expect(lock.left).toEqual(['owner-1', 'pool-1']);
  expect(() => lockDataDirectory(dataDir)).toThrow(DataDirectoryInUse);
});

test('a process that died before it held anything leaves no names', () => {
  leftBehind();
  expect(lockDataDirectory(dataDir).left).toEqual([]);
});
