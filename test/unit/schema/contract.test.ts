import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isObjectType, isInputObjectType } from 'graphql';
import { eventsFile, schemaFile, tables, withTable } from '../../../src/cli/emit-schema';
import { missingDescriptions, buildApiSchema } from '../../../src/graphql/schema';
import { policyOf } from '../../../src/graphql/policy';
import { projectRoot } from '../../../src/paths';
import { eventDefinitions, resolvers } from '../../../src/registry';
import { catalogue } from '../../../schema/errors/catalogue';
import { decodeEvent } from '../../../schema/define-events';

const read = (name: string): string => readFileSync(path.join(projectRoot, name), 'utf8');
const schema = buildApiSchema(resolvers);

test('schema/schema.graphql is what the classes say: run `npm run schema`', () => {
  expect(read('schema/schema.graphql')).toBe(schemaFile());
});

test('schema/events.json is what the definitions say: run `npm run schema`', () => {
  expect(read('schema/events.json')).toBe(eventsFile());
});

test.each(Object.entries(tables))('the table in %s is what the code says: run `npm run schema`', (page, { mark, table }) => {
  expect(read(page)).toContain(`<!-- ${mark} -->\n${table()}\n<!-- /${mark} -->`);
  expect(table().split('\n').length).toBeGreaterThan(10);
});

test('a page without marks for its table is refused', () => {
  expect(() => withTable('# Nothing here', tables['README.md']!)).toThrow('no place for the table configuration');
});

test('everything in the API has a description', () => {
  expect(missingDescriptions(schema)).toEqual([]);
});

test('every root field declares who may use it', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const root of roots) for (const field of Object.values(root!.getFields())) expect({ field: field.name, policy: policyOf(field) }).toEqual({ field: field.name, policy: expect.any(String) });
});

describe('every mutation', () => {
  const mutations = Object.values(schema.getMutationType()!.getFields());
  const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

  test.each(mutations.map((field) => [field.name, field] as const))('%s takes one input with an idempotency key and answers a payload of its own', (name, field) => {
    expect(field.args.map((arg) => [arg.name, String(arg.type)])).toEqual([['input', `${capital(name)}Input!`]]);
    expect(String(field.type)).toBe(`${capital(name)}Payload!`);
    const input = schema.getType(`${capital(name)}Input`);
    expect(isInputObjectType(input) && String(input.getFields().idempotencyKey?.type)).toBe('String');
    const payload = schema.getType(`${capital(name)}Payload`);
    expect(isObjectType(payload) && payload.getInterfaces().map((each) => each.name)).toContain('MutationPayload');
  });
});

test('every subscription but those of figures, and of how one thing stands, can be resumed', () => {
  const resumable = Object.values(schema.getSubscriptionType()!.getFields()).filter(({ args }) => args.some(({ name }) => name === 'after'));
  const others = Object.values(schema.getSubscriptionType()!.getFields()).filter((field) => !resumable.includes(field)).map(({ name }) => name);
  expect(others).toEqual(['leaseRequestChanged', 'overviewChanged']);
});

test('every list is a connection with a filter, an order and pages', () => {
  const lists = Object.values(schema.getQueryType()!.getFields()).filter(({ type }) => String(type).includes('Connection'));
  expect(lists.map(({ name }) => name).sort()).toEqual(['auditLog', 'chatSessions', 'clientKeys', 'keyPools', 'loadTests', 'runs', 'serviceClients', 'tenants', 'users', 'virtualKeys']);
  for (const { args } of lists) expect(args.map(({ name }) => name).sort()).toEqual(['after', 'before', 'filter', 'first', 'last', 'orderBy']);
});

test('the catalogue has its 22 codes', () => {
  expect(Object.keys(catalogue)).toHaveLength(22);
});

describe('golden events', () => {
  const golden = readdirSync(path.join(projectRoot, 'test/golden')).filter((name) => name.endsWith('.json'));

  test('there is one for every version of every event', () => {
    const wanted = Object.entries(eventDefinitions).flatMap(([type, { version }]) => Array.from({ length: version }, (_, n) => `${type}.v${n + 1}.json`));
    expect(golden.sort()).toEqual(wanted.sort());
  });

  test.each(golden)('%s is still understood', (name) => {
    const [type, version] = [name.split('.')[0]!, Number(/\.v(\d+)\.json$/.exec(name)![1])];
    const data: unknown = JSON.parse(read(`test/golden/${name}`));
    expect(decodeEvent(eventDefinitions, { type, data, metadata: { v: version } })?.type).toBe(type);
  });
});
