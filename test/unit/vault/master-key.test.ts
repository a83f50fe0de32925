import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { loadMasterKey, MasterKeyError, parseMasterKey } from '../../../src/vault/master-key';

describe('the master key', () => {
  let dataDir: string;
  beforeEach(() => { dataDir = mkdtempSync(path.join(os.tmpdir(), 'keyledger-key-')); });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('is made once, readable by its owner only, and found again', () => {
    const first = loadMasterKey({ dataDir });
    expect(first.key).toHaveLength(32);
    expect(first.warning).toContain('KEYLEDGER_MASTER_KEY');
    expect(statSync(path.join(dataDir, 'master.key')).mode & 0o777).toBe(0o600);
    expect(loadMasterKey({ dataDir }).key).toEqual(first.key);
    expect(readdirSync(dataDir)).toEqual(['master.key']);
  });

  it('comes from the environment when given there, and then no file is made', () => {
    const key = randomBytes(32);
    expect(loadMasterKey({ value: key.toString('base64'), dataDir })).toEqual({ key });
    expect(loadMasterKey({ value: key.toString('hex'), dataDir })).toEqual({ key });
    expect(parseMasterKey(key.toString('base64url'), 'it')).toEqual(key);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is refused when others can read the file', () => {
    loadMasterKey({ dataDir });
    chmodSync(path.join(dataDir, 'master.key'), 0o644);
    expect(() => loadMasterKey({ dataDir })).toThrow(/chmod 600/);
  });

  it.each([
    ['short', randomBytes(16).toString('base64')],
    ['long', randomBytes(48).toString('base64')],
    ['not an encoding', 'change me please, I am a master key!'],
    ['zeros', Buffer.alloc(32).toString('hex')],
    ['counting bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('hex')],
    ['a pattern', '0123456789abcdef'.repeat(4)],
    ['a repeated half', randomBytes(16).toString('hex').repeat(2)],
    ['text', Buffer.from('my-very-secret-master-key-012345').toString('base64')],
  ])('is refused when it is %s, without repeating it', (_what, value) => {
    const attempt = (): unknown => parseMasterKey(value, 'KEYLEDGER_MASTER_KEY');
    expect(attempt).toThrow(MasterKeyError);
    expect(attempt).not.toThrow(new RegExp(value.slice(0, 20).replace(/[+?]/g, '.')));
  });
});
