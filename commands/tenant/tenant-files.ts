import { randomUUID } from 'node:crypto';
import { readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { RefusedError } from '../../schema/errors/catalogue';
import { isLogoPath, readTenantConfiguration, type TenantConfiguration } from '../../schema/tenant/configuration';
import type { Auth } from '../../src/auth/port';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import { ConfigurationError } from '../../src/configuration';
import type { Logo, Logos } from '../../src/images/logos';
import { MAX_LOGO_BYTES, readLogo } from '../../src/images/read-logo';
import { configureTenant, type LogoFile } from './configure';
import { changeLogo } from './logo';
import { tenantIdOf } from './tenant-id';

interface Services {
  commands: CommandRuntime;
  auth: Auth;
  logos: Logos;
}

/** A file that is in order. */
export interface TenantFile {
  file: string;
  configuration: TenantConfiguration;
  /** The picture that `logo_path` names, where it names a file. */
  logo: Logo | undefined;
}

const TYPES: Readonly<Record<string, Logo['contentType']>> = { '.png': 'image/png', '.svg': 'image/svg+xml' };

/**
 * Makes tenants as files describe them.
 * @returns what was changed, by file
 * @throws ConfigurationError when a tenant refuses to be so
 */
export async function applyTenantFiles(services: Services, files: readonly TenantFile[]): Promise<{ file: string; changes: string[] }[]> {
  const applied: { file: string; changes: string[] }[] = [];
  for (const { file, configuration, logo } of files) {
    const tenantId = tenantIdOf(configuration.tenant_id);
    const outcome = await configureTenant(services, async () => commandOn(tenantId), configuration, {
      dryRun: false, logoFile: logo && logoFile(services, tenantId, logo),
    });
    if (!outcome.accepted) throw new ConfigurationError([`${file}: ${outcome.refusal.message}`]);
    applied.push({ file, changes: outcome.answer.changes });
  }
  return applied;
}

function commandOn(tenantId: string): CommandContext {
  const commandId = randomUUID();
  return { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'tenant-files' }, tenant: tenantId };
}

/**
 * Reads the files of a folder, one a tenant, and the logos they name.
 * @throws ConfigurationError with every fault of every file
 */
export async function readTenantFiles(directory: string): Promise<TenantFile[]> {
  const names = await readdir(directory).catch(() => {
    throw new ConfigurationError([`KEYLEDGER_TENANTS_DIR: the folder ${directory} cannot be read`]);
  });
  const files: TenantFile[] = [];
  const faults: string[] = [];
  for (const file of names.filter((name) => name.endsWith('.json')).sort()) {
    const read = await readTenantFile(directory, file);
    if (Array.isArray(read)) faults.push(...read.map((fault) => `${file}: ${fault}`));
    else files.push(read);
  }
  const slugs = files.map(({ configuration }) => configuration.tenant_id);
  faults.push(...files.filter((_, index) => slugs.indexOf(slugs[index]!) < index)
    .map(({ file, configuration }) => `${file}: another file describes the tenant ${configuration.tenant_id} already`));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return files;
}

/** @returns the file, or its faults */
async function readTenantFile(directory: string, file: string): Promise<TenantFile | string[]> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path.join(directory, file), 'utf8'));
  } catch (error) {
    return [error instanceof SyntaxError ? 'is not valid JSON' : `cannot be read (${codeOf(error)})`];
  }
  const read = readTenantConfiguration(value);
  if ('faults' in read) return read.faults.map(({ path: place, message }) => (place ? `${place}: ${message}` : message));
  const { configuration } = read;
  const named = configuration.branding?.logo_path;
  if (typeof named !== 'string' || isLogoPath(named)) return { file, configuration, logo: undefined };
  const logo = await readLogoFile(directory, named);
  return typeof logo === 'string' ? [`branding.logo_path: ${logo}`] : { file, configuration, logo };
}

/** @returns the logo, or what is wrong with it */
async function readLogoFile(directory: string, named: string): Promise<Logo | string> {
  const contentType = TYPES[path.extname(named).toLowerCase()];
  if (!contentType) return 'must end in .png or .svg';
  const root = await realpath(directory);
  const file = await realpath(path.resolve(root, named)).catch((error: unknown) => ({ fault: codeOf(error) }));
  // Judged before it is said whether there is such a file, and by where links lead.
  const wanted = typeof file === 'string' ? file : path.resolve(root, named);
  if (path.isAbsolute(named) || !wanted.startsWith(root + path.sep)) return 'must lie in the folder of the file';
  if (typeof file !== 'string') return file.fault === 'ENOENT' ? `there is no file ${named}` : `${named} cannot be read (${file.fault})`;
  const bytes = await readFile(file).catch((error: unknown) => codeOf(error));
  if (typeof bytes === 'string') return `${named} cannot be read (${bytes})`;
  if (bytes.length > MAX_LOGO_BYTES) return `${named} is larger than ${MAX_LOGO_BYTES} bytes`;
  try {
    return await readLogo(contentType, bytes);
  } catch (error) {
    if (error instanceof RefusedError) return `${named}: ${error.refusal.message}`;
    throw error;
  }
}

/** The system's own word for what went wrong, such as EACCES. */
function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}

function logoFile(services: Services, tenantId: string, logo: Logo): LogoFile {
  return { digest: logo.digest, apply: (command) => changeLogo(services, command, tenantId, logo) };
}
