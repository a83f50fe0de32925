import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { configurationTable } from '../configuration';
import { buildApiSchema, printApiSchema } from '../graphql/schema';
import { projectRoot } from '../paths';
import { eventDefinitions, resolvers } from '../registry';

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

/** The README with the configuration table of this build. */
function readmeFile(readme: string): string {
  return readme.replace(/(<!-- configuration -->\n)[\s\S]*(\n<!-- \/configuration -->)/, (_, before: string, after: string) => `${before}${configurationTable()}${after}`);
}

if (require.main === module) {
  const readme = path.join(projectRoot, 'README.md');
  writeFileSync(readme, readmeFile(readFileSync(readme, 'utf8')));
  writeFileSync(path.join(projectRoot, 'schema', 'schema.graphql'), schemaFile());
  writeFileSync(path.join(projectRoot, 'schema', 'events.json'), eventsFile());
}
