import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { configurationTable } from '../configuration';
import { buildApiSchema, printApiSchema } from '../graphql/schema';
import { projectRoot } from '../paths';
import { eventDefinitions, resolvers } from '../registry';
import { rightsTable } from './rights-table';

/** The GraphQL contract as it is checked in at `schema/schema.graphql`. */
export function schemaFile(): string {
  return printApiSchema(buildApiSchema(resolvers));
}

/** The event catalogue as it is checked in at `schema/events.json`: newest version and JSON Schema of every event type. */
export function eventsFile(): string {
  const events = Object.entries(eventDefinitions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, { version, schema }]) => [type, { version, data: z.toJSONSchema(schema) }]);
  return `${JSON.stringify(Object.fromEntries(events), null, 2)}\n`;
}

/** A page with the tables of this build between their marks. */
export function withTables(page: string): string {
  const tables = { configuration: configurationTable(), rights: rightsTable() };
  return Object.entries(tables).reduce((text, [name, table]) => text.replace(
    new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*(\\n<!-- /${name} -->)`),
    (_, before: string, after: string) => `${before}${table}${after}`,
  ), page);
}

/** Pages with tables that are made from the code. */
export const pagesWithTables = ['README.md', 'docs/people-and-tenants.md'];

if (require.main === module) {
  for (const page of pagesWithTables.map((name) => path.join(projectRoot, name))) {
    writeFileSync(page, withTables(readFileSync(page, 'utf8')));
  }
  writeFileSync(path.join(projectRoot, 'schema', 'schema.graphql'), schemaFile());
  writeFileSync(path.join(projectRoot, 'schema', 'events.json'), eventsFile());
}
