import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { readConfiguration, variables } from '../../../src/configuration';
import { projectRoot } from '../../../src/paths';

interface Service {
  image?: string;
  build?: string;
  profiles?: string[];
  ports?: string[];
  environment?: Record<string, string>;
  env_file?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, unknown> | string[];
  volumes?: string[];
  configs?: { source: string; target: string }[];
}

const read = (name: string): string => readFileSync(path.join(projectRoot, name), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service>; volumes: Record<string, null>; configs: Record<string, { content: string }> };
const services = Object.entries(compose.services);
const service = (name: string): Service => compose.services[name]!;

/** What docker compose makes of `${NAME:-default}`, where the default may be such again, and `${NAME:?message}` with the given environment. */
const resolve = (text: string, env: Record<string, string>): string => {
  const resolved = text.replace(/\$\{(\w+)(?::-([^${}]*)|:\?[^}]*)?\}/g, (_, name: string, fallback?: string) => env[name] || fallback || '');
  return resolved === text ? text : resolve(resolved, env);
};

/** With `env` as the file .env. */
const appEnvironment = (env: Record<string, string>): Record<string, string> => ({
  ...env,
  ...Object.fromEntries(Object.entries(service('app').environment!).map(([name, value]) => [name, resolve(value, env)])),
});

const filledIn = { POSTGRES_PASSWORD: 'not-a-password', KEYLEDGER_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') };

test.each(services)('%s pins its image to a version', (_name, { image, build }) => {
  if (build) return expect(build).toBe('.');
  expect(image).toMatch(/^[\w./-]+:[\w.-]*\d+\.\d+[\w.-]*$/);
});

test.each(services)('%s has a health check', (name, { healthcheck }) => {
  expect({ name, command: healthcheck?.test[0] }).toEqual({ name, command: expect.stringMatching(/^CMD(-SHELL)?$/) });
});

test.each(services)('%s publishes nothing but the app beyond this machine', (name, { ports = [] }) => {
  for (const published of ports) if (name !== 'app') expect(published).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
});

test.each(services)('%s mounts declared volumes and depends on declared services', (_name, { volumes = [], depends_on = {} }) => {
  for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
  for (const other of Array.isArray(depends_on) ? depends_on : Object.keys(depends_on)) expect(Object.keys(compose.services)).toContain(other);
});

test('the profiles are the documented ones', () => {
  expect([...new Set(services.flatMap(([, { profiles = [] }]) => profiles))].sort()).toEqual(['cluster', 'litellm', 'observability']);
});

test('the app is given only variables that the configuration knows', () => {
  for (const name of Object.keys(service('app').environment!)) expect(Object.keys(variables)).toContain(name);
});

test('.env.example names only variables that something reads', () => {
  const known = [...Object.keys(variables), 'POSTGRES_PASSWORD', 'GRAFANA_PASSWORD', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  const named = [...read('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(5);
  for (const name of named) expect(known).toContain(name);
});

test('the app boots with what compose gives it, and fails without the required secrets', () => {
  const configuration = readConfiguration(appEnvironment(filledIn));
  expect(configuration).toMatchObject({ port: 4000, host: '0.0.0.0', dataDir: '/data', eventStoreUrl: 'esdb://kurrentdb:2113?tls=false' });
  expect(configuration.databaseUrl).toBe('postgresql://keyledger:not-a-password@postgres:5432/keyledger');
  for (const required of ['KEYLEDGER_MASTER_KEY', 'POSTGRES_PASSWORD']) expect(read('docker-compose.yml')).toContain(`\${${required}:?`);
});

test('whatever of the configuration stands in .env reaches the app, and the address follows the port', () => {
  expect(service('app').env_file).toEqual(['.env']);
  const configuration = readConfiguration(appEnvironment({ ...filledIn, PORT: '5000', OIDC_NAME: 'Our campus' }));
  expect(configuration).toMatchObject({ port: 4000, publicUrl: 'http://localhost:5000' });
  const set = Object.keys(appEnvironment({ ...filledIn, OIDC_NAME: 'Our campus' }));
  expect(set).toContain('OIDC_NAME');
  expect(service('app').ports).toEqual(['${PORT:-4000}:4000']);
});

test('addresses inside the network meet the services that listen there', () => {
  expect(service('kurrentdb').environment!.KURRENTDB_NODE_PORT).toBe('2113');
  for (const [, node] of services.filter(([name]) => /^kurrentdb-\d$/.test(name))) {
    expect(node.environment).toMatchObject({ KURRENTDB_CLUSTER_SIZE: '3', KURRENTDB_NODE_PORT: '2113' });
    for (const seed of node.environment!.KURRENTDB_GOSSIP_SEED!.split(',')) expect(Object.keys(compose.services)).toContain(seed.split(':')[0]);
  }
  expect(read('docker-compose.yml')).toContain('targets: ["app:4000"]');
});

test('the database belongs to a role that row-level security binds', () => {
  const script = compose.configs['plain-role']!.content;
  expect(script).toMatch(/^create role keyledger login password :'password';$/m);
  expect(script).toMatch(/^create database keyledger owner keyledger;$/m);
  expect(script).not.toMatch(/superuser|bypassrls/i);
  expect(service('postgres').configs).toEqual([{ source: 'plain-role', target: '/docker-entrypoint-initdb.d/plain-role.sh' }]);
  expect(service('postgres').environment).not.toHaveProperty('POSTGRES_USER');
});

test('the image runs as an ordinary user, in stages, with the port and the health check of the configuration', () => {
  const dockerfile = read('Dockerfile');
  expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^EXPOSE 4000$/m);
  expect(dockerfile).toContain("fetch('http://127.0.0.1:4000/ready')");
  const set = Object.fromEntries([...dockerfile.matchAll(/\b([A-Z_]{4,})=(\S+)/g)].map(([, name, value]) => [name, value]));
  for (const name of Object.keys(set)) if (name !== 'NODE_ENV') expect(Object.keys(variables)).toContain(name);
  expect(set.KEYLEDGER_DATA_DIR).toBe('/data');
});
