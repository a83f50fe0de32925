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

/** Pages with a table that is made from the code, and how it is made. */
export const tables: Readonly<Record<string, { mark: string; table: () => string }>> = {
  'README.md': { mark: 'configuration', table: configurationTable },
  'docs/people-and-tenants.md': { mark: 'rights', table: rightsTable },
};

/** A page with its table as this build makes it. @throws Error when the page has no marks to put it between */
export function withTable(page: string, { mark, table }: (typeof tables)[string]): string {
  const [before, between, after] = [`<!-- ${mark} -->\n`, '[\\s\\S]*?', `<!-- /${mark} -->`];
  const place = new RegExp(`${before}${between}${after}`);
  if (!place.test(page)) throw new Error(`There is no place for the table ${mark}`);
  return page.replace(place, () => `${before}${table()}\n${after}`);
}

if (require.main === module) {
  for (const [name, made] of Object.entries(tables)) {
    const page = path.join(projectRoot, name);
    writeFileSync(page, withTable(readFileSync(page, 'utf8'), made));
  }
  writeFileSync(path.join(projectRoot, 'schema', 'schema.graphql'), schemaFile());
  writeFileSync(path.join(projectRoot, 'schema', 'events.json'), eventsFile());
}
