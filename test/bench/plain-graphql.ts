import http from 'node:http';
import { execute, GraphQLEnumType, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString, parse, validate, type DocumentNode } from 'graphql';
import { Pool } from 'pg';
import { serveParent } from './child';

/** As little as a GraphQL server can be: node:http, graphql-js, documents parsed once, one SQL statement a list. Nobody is asked who they are. */
export interface PlainOrder {
  databaseUrl: string;
  tenantId: string;
}

/** What the product sends to Postgres for the first page of users. */
export const SQL = `select list.*, "created_at"::text as cursor_value, "id"::text as cursor_key from views.users as list
  where tenant_id = $1 order by "created_at" desc, "id" desc limit $2`;

interface Row {
  id: string;
  email: string;
  display_name: string;
  role: string;
  state: string;
  created_at: Date;
}

function schemaOver(pool: Pool, tenantId: string): GraphQLSchema {
  const text = new GraphQLNonNull(GraphQLString);
  const upper = (name: string, values: readonly string[]): GraphQLEnumType =>
    new GraphQLEnumType({ name, values: Object.fromEntries(values.map((value) => [value.toUpperCase(), { value }])) });
  const user = new GraphQLObjectType<Row>({
    name: 'User',
    fields: {
      id: { type: text, resolve: ({ id }) => Buffer.from(`User:${id}`).toString('base64url') },
      email: { type: GraphQLString },
      displayName: { type: text, resolve: (row) => row.display_name },
      role: { type: upper('Role', ['owner', 'admin', 'auditor', 'user']) },
      state: { type: upper('UserState', ['active', 'deactivated']) },
      createdAt: { type: text, resolve: (row) => row.created_at.toISOString() },
    },
  });
  const users = new GraphQLObjectType({ name: 'Users', fields: { nodes: { type: new GraphQLList(user) } } });
  return new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        users: {
          type: users,
          args: { first: { type: GraphQLInt } },
          resolve: async (_root, { first }: { first: number }) => ({ nodes: (await pool.query<Row>(SQL, [tenantId, first + 1])).rows.slice(0, first) }),
        },
      },
    }),
  });
}

async function start({ databaseUrl, tenantId }: PlainOrder) {
  const pool = new Pool({ connectionString: databaseUrl, max: 20, options: '-c keyledger.tenant=*' });
  const schema = schemaOver(pool, tenantId);
  const documents = new Map<string, DocumentNode>();

  const documentOf = (query: string): DocumentNode => {
    const known = documents.get(query);
    if (known) return known;
    const document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) throw errors[0]!;
    documents.set(query, document);
    return document;
  };
  const answer = async (body: string): Promise<string> => {
    const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
    return JSON.stringify(await execute({ schema, document: documentOf(query), variableValues: variables }));
  };

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(Buffer.concat(chunks).toString('utf8')).then(
        (text) => response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }).end(text),
        (error: Error) => response.writeHead(500).end(error.message),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ready: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await pool.end();
    },
  };
}

if (require.main === module) serveParent(start);
