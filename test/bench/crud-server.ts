import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Pool } from 'pg';
import { Registry } from 'prom-client';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ChatSessionMutations } from '../../commands/chat-session/mutations';
import { OpenChatSessionPayloadFields } from '../../queries/chat-session/queries';
import { OpenChatSessionInput } from '../../schema/chat-session/inputs';
import { OpenChatSessionPayload } from '../../schema/chat-session/types';
import type { Context } from '../../src/graphql/context';
import { contextMaker, type Services } from '../../src/graphql/make-context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { buildApiSchema } from '../../src/graphql/schema';
import { signedIn } from '../../src/graphql/tenant';
import { createLogger } from '../../src/http/log';
import { createHttpServer } from '../../src/http/server';
import { projectRoot } from '../../src/paths';
import { createPool } from '../../src/postgres/pool';
import { resolvers } from '../../src/registry';
import { authOn } from '../support/auth';
import { serveParent } from './child';

/**
 * The product's own HTTP server, schema, sessions, policies and validation, in which `openChatSession` is one plain INSERT
 * into the table that the product keeps as a view: no history, nothing sealed, nobody told.
 */
export interface CrudOrder {
  databaseUrl: string;
}

const TABLE = `
  create schema crud;
  create table crud.chat_sessions (
    id text primary key, tenant_id text not null, owner_id text not null, title text not null, model text not null,
    message_count integer not null, created_at timestamptz not null, updated_at timestamptz not null, revision bigint not null
  );
  create index on crud.chat_sessions (tenant_id, owner_id, created_at, id);
  create index on crud.chat_sessions (tenant_id, owner_id, updated_at, id);`;

const INSERT = {
  name: 'insert',
  text: `insert into crud.chat_sessions (id, tenant_id, owner_id, title, model, message_count, created_at, updated_at, revision)
    values ($1, $2, $3, $4, $5, 0, now(), now(), 0) returning created_at`,
};

let pool: Pool;

@Resolver()
class CrudMutations {
  @Mutation(() => OpenChatSessionPayload, { description: 'Opens a chat session.' })
  @Policy('chats:write')
  openChatSession(
    @Arg('input', () => OpenChatSessionInput, { description: 'What about.' }) input: OpenChatSessionInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    const { tenantId, userId } = signedIn(context);
    return mutate(context, { name: 'openChatSession', input }, async (command) => {
      const row = { id: derivedId(command, 'chat session'), title: input.title?.trim() ?? 'New chat', model: input.model?.trim() ?? 'gpt-4o-mini' };
      const { rows } = await pool.query<{ created_at: Date }>({ ...INSERT, values: [row.id, tenantId, userId, row.title, row.model] });
      return { accepted: true, position: 1n, revision: 0n, answer: { ...row, createdAt: rows[0]!.created_at.toISOString() } };
    }, (row) => ({ chatSession: { ...row, messageCount: 0, createdAt: new Date(row.createdAt), updatedAt: new Date(row.createdAt), revision: '0' } }));
  }
}

async function start({ databaseUrl }: CrudOrder) {
  pool = createPool(databaseUrl, { max: 20, applicationName: 'bench crud', statementTimeoutMs: 5_000 });
  await pool.query(TABLE);
  const auth = authOn(pool);
  const services = { auth, db: () => ({ query: rows }), now: () => new Date(), newId: randomUUID, setting: {} };
  const server = await createHttpServer({
    schema: buildApiSchema([...resolvers.filter((each) => each !== ChatSessionMutations && each !== OpenChatSessionPayloadFields), CrudMutations]),
    // What the one mutation does not use is not there.
    makeContext: contextMaker(services as unknown as Services),
    auth,
    refusals: { record: async () => undefined },
    log: createLogger('warn'),
    metrics: new Registry(),
    readiness: [],
    config: {
      publicUrl: 'http://localhost', allowedOrigins: [], introspection: false, trustedDocuments: new Map(), trustedDocumentsOnly: false,
      clientDirectory: path.join(projectRoot, 'dist', 'client'), costBudget: { burst: 1e9, perSecond: 1e9 },
    },
  });
  return {
    ready: await server.listen({ host: '127.0.0.1', port: 0 }),
    async stop() {
      await server.close();
      await pool.query('drop schema crud cascade');
      await pool.end();
    },
  };
}

async function rows<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return (await pool.query<Row>(text, [...values])).rows;
}

if (require.main === module) serveParent(start);
