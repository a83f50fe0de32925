import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError, configurationTable, readConfiguration, variables } from '../../../src/configuration';
import { projectRoot } from '../../../src/paths';

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfiguration(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
};

test('an empty environment gives the documented defaults', () => {
  const configuration = readConfiguration({});
  expect(configuration).toMatchObject({ port: 4000, host: '127.0.0.1', publicUrl: 'http://localhost:4000', llm: { model: 'gpt-4o-mini' } });
  expect(configuration.liteLlm).toEqual({ url: undefined, masterKey: undefined, timeoutMs: 10_000, maxRetries: 3, retryDelayMs: 1_000 });
});

test('an empty variable counts as unset', () => {
  expect(readConfiguration({ PORT: '', LITELLM_URL: '' }).port).toBe(4000);
});

test('all faults come at once, and none repeats a value', () => {
  const faults = faultsOf({ PORT: 'seventy', LITELLM_URL: 'ftp://hidden-value', KEYLEDGER_TYPO: '1' });
  expect(faults).toHaveLength(3);
  expect(faults.join()).toMatch(/PORT.*/);
  expect(faults.join()).toContain('KEYLEDGER_TYPO: there is no such variable');
  expect(faults.join()).not.toContain('hidden-value');
});

test.each([
  [{ ADMIN_USER: 'owner@example.test' }, 'ADMIN_USER and ADMIN_PASS: set both or neither'],
  [{ LITELLM_URL: 'http://127.0.0.1:9' }, 'LITELLM_MASTER_KEY: needed with LITELLM_URL'],
  [{ LLM_BASE_URL: 'http://127.0.0.1:9' }, 'LLM_API_KEY: needed with LLM_BASE_URL'],
  [{ DATABASE_URL: 'postgresql://db/keyledger' }, 'EVENTSTORE_URL: needed with DATABASE_URL, because the embedded log serves one machine only'],
])('contradiction %j is refused', (env, fault) => {
  expect(faultsOf(env)).toEqual([fault]);
});

test.each([
  ['short', 'ADMIN_PASS: Use at least 12 characters; a few unrelated words work well.'],
  ['password1234', 'ADMIN_PASS: This password is among the first that attackers try. Choose another one.'],
])('a password of the first owner that nobody may choose is refused: %s', (password, fault) => {
  expect(faultsOf({ ADMIN_USER: 'owner@example.test', ADMIN_PASS: password })).toEqual([fault]);
});

test('the table names every variable once', () => {
  for (const name of Object.keys(variables)) expect(configurationTable().split(`\`${name}\``)).toHaveLength(2);
});

test('the README shows this very table', () => {
  const readme = readFileSync(path.join(projectRoot, 'README.md'), 'utf8');
  const shown = /<!-- configuration -->\n([\s\S]*?)\n<!-- \/configuration -->/.exec(readme)?.[1];
  expect(shown).toBe(configurationTable());
});
