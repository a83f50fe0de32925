import { MaxLength } from 'class-validator';
import type { GraphQLSchema } from 'graphql';
import {
  Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, Root, Subscription,
} from 'type-graphql';
import { refuse } from '../../../src/command-runtime/aggregate';
import type { CommandContext, CommandOutcome } from '../../../src/command-runtime/port';
import { changeOf, changes, mapped, type ChangeOf } from '../../../src/graphql/change';
import { connectionOf, OrderDirection, PageArgs, readPage, type Page } from '../../../src/graphql/connection';
import type { Context } from '../../../src/graphql/context';
import { defineLoader, inOrderOf } from '../../../src/graphql/loader';
import { derivedId, mutate } from '../../../src/graphql/mutate';
import { Node, NodeResolver, registerNode } from '../../../src/graphql/node';
import { MutationPayload } from '../../../src/graphql/payload';
import { Policy } from '../../../src/graphql/policy';
import { DateTime } from '../../../src/graphql/scalars';
import { buildApiSchema } from '../../../src/graphql/schema';
import { containing, sql } from '../../../src/graphql/sql';

/** A small capability of the tests' own: books on shelves, written as the capabilities of the product are. */

@ObjectType({ implements: Node, description: 'A book.' })
export class Book implements Node {
  id!: string;
  shelfId!: string;

  @Field(() => String, { description: 'Title.' })
  title!: string;

  @Field(() => Int, { description: 'Number of pages.' })
  pages!: number;

  @Field(() => DateTime, { description: 'When it was added.' })
  addedAt!: Date;
}

@ObjectType({ implements: Node, description: 'A shelf.' })
export class Shelf implements Node {
  id!: string;
}

export const { Connection: BookConnection, Edge: BookEdge } = connectionOf(Book);
export const BookChange = changeOf(Book, 'BookChange');

@InputType({ description: 'Which books.' })
export class BookFilter {
  @Field(() => String, { nullable: true, description: 'Part of the title.' })
  @MaxLength(50)
  search?: string | null;

  @Field(() => [ID], { nullable: true, description: 'Only on these shelves.' })
  shelves?: string[] | null;
}

@InputType({ description: 'A book to add.' })
export class AddBookInput {
  @Field(() => String, { description: 'Title.' })
  @MaxLength(80)
  title!: string;

  @Field(() => String, { nullable: true, description: 'Repeat with the same key and get the same answer.' })
  idempotencyKey?: string | null;
}

@ObjectType({ implements: MutationPayload, description: 'The added book.' })
export class AddBookPayload extends MutationPayload {
  @Field(() => Book, { nullable: true, description: 'The book.' })
  book!: Book | null;

  @Field(() => String, { nullable: true, description: 'Shown once.' })
  secret!: string | null;
}

interface BookRow { id: string; shelf_id: string; title: string; pages: number; added_at: Date }

export const toBook = (row: BookRow): Book => ({
  id: row.id, shelfId: row.shelf_id, title: row.title, pages: row.pages, addedAt: row.added_at,
});

export const bookById = defineLoader<string, Book>('bookById', async (context, keys) => {
  const rows = await context.db.query<BookRow>('select * from book where id = any($1)', [keys]);
  return inOrderOf(keys, rows.map(toBook), (book) => book.id);
});

export type AddBook = (
  command: CommandContext, id: string, title: string,
) => Promise<CommandOutcome<{ bookId: string; secret: string | null }>>;

/** What the tests put behind the mutation and the subscriptions. */
export const behind: { addBook: AddBook; onContext(context: Context): void; ticks(signal: AbortSignal): AsyncIterableIterator<number> } = {
  addBook: async () => ({ accepted: false, position: 0n, revision: -1n, ...refuse('B2001', 'closed', 'The library is closed.') }),
  onContext: () => undefined,
  ticks: () => { throw new Error('no ticks'); },
};

@Resolver(() => Book)
export class BookResolver {
  @Query(() => BookConnection, { description: 'All books.' })
  @Policy('public')
  books(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => BookFilter, { nullable: true, description: 'Which.' }) filter: BookFilter | null,
    @Arg('byPages', () => Boolean, { defaultValue: false, description: 'Order by number of pages.' }) byPages: boolean,
    @Arg(
      'direction', () => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which end first.' },
    ) direction: OrderDirection,
    @Ctx() context: Context,
  ): Promise<Page<Book>> {
    const where = filter?.search ? [sql`title ilike ${containing(filter.search)}`] : [];
    const column = byPages ? 'pages' : 'added_at';
    return readPage(context.db, { from: 'book', key: 'id', where, orderBy: { column, direction }, toNode: toBook }, page);
  }

  @Query(() => String, { description: 'For the signed-in.' })
  @Policy('signed-in')
  whoAmI(@Ctx() context: Context): string {
    return context.principal.kind === 'user' ? context.principal.userId : '';
  }

  @Query(() => String, { description: 'For admins.' })
  @Policy('users:write')
  secrets(): string {
    return 'open';
  }

  @Query(() => String, { nullable: true, description: 'Fails in a way nobody foresaw.' })
  @Policy('public')
  broken(): string {
    throw new Error('connection to postgres://someone:sk-test-not-a-key@db refused');
  }

  @Query(() => Boolean, { nullable: true, description: 'Waits for its view.' })
  @Policy('public')
  async behind(@Ctx() context: Context): Promise<boolean> {
    await context.waitForViews('books');
    return true;
  }

  @Query(() => Boolean, { description: 'Does what the test says.' })
  @Policy('public')
  probe(@Ctx() context: Context): boolean {
    behind.onContext(context);
    return true;
  }

  @Query(() => String, { nullable: true, description: 'Never answers.' })
  @Policy('public')
  stuck(@Ctx() context: Context): Promise<string> {
    return new Promise((resolve) => context.signal.addEventListener('abort', () => setTimeout(resolve, 50, 'late')));
  }

  @Mutation(() => AddBookPayload, { description: 'Adds a book.' })
  @Policy('signed-in')
  addBook(
    @Arg('input', () => AddBookInput, { description: 'The book.' }) input: AddBookInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(
      context,
      { name: 'addBook', input, secretFields: ['secret'] },
      (command) => behind.addBook(command, derivedId(command, 'book'), input.title),
      async ({ bookId, secret }) => ({ book: await context.loader(bookById).load(bookId), secret }),
    );
  }

  @Subscription(() => BookChange, {
    description: 'Books as they change.',
    subscribe: ({ args, context }: { args: { after?: string | null }; context: Context }) => changes(
      context, { view: 'books', after: args.after, toNode: (row) => toBook(row as unknown as BookRow) },
    ),
  })
  @Policy('signed-in')
  bookChanged(
    @Root() change: ChangeOf<Book>,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to continue behind.' }) _after: string | null,
    @Arg('shelves', () => [ID], { nullable: true, description: 'Only on these shelves.' }) _shelves: string[] | null,
  ): ChangeOf<Book> {
    return change;
  }

  @Subscription(() => Int, {
    description: 'Numbers, as fast as they are asked for.',
    subscribe: ({ context }: { context: Context }) => mapped(behind.ticks(context.signal), async (tick) => tick),
  })
  @Policy('signed-in')
  ticks(@Root() tick: number, @Arg('size', () => Int, { nullable: true, description: 'Not used.' }) _size: number | null): number {
    return tick;
  }

  @Subscription(() => String, {
    description: 'Texts as long as each tick says.',
    subscribe: ({ context }: { context: Context }) => mapped(behind.ticks(context.signal), async (tick) => 'x'.repeat(tick)),
  })
  @Policy('signed-in')
  texts(@Root() text: string): string {
    return text;
  }

  @Subscription(() => String, {
    description: 'Ticks for admins.',
    subscribe: ({ context }: { context: Context }) => mapped(behind.ticks(context.signal), async (tick) => `tick ${tick}`),
  })
  @Policy('users:write')
  adminTicks(@Root() tick: string): string {
    return tick;
  }

  @FieldResolver(() => Shelf, { nullable: true, description: 'Where it stands.' })
  @Policy('public')
  shelf(@Root() book: Book): Shelf {
    return { id: book.shelfId };
  }

  @FieldResolver(() => BookConnection, { description: 'Books like it.' })
  @Policy('public')
  related(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context): Promise<Page<Book>> {
    return readPage(
      context.db, { from: 'book', key: 'id', where: [], orderBy: { column: 'pages', direction: OrderDirection.ASC }, toNode: toBook }, page,
    );
  }

  @FieldResolver(() => Int, { description: 'How many words were given.' })
  counted(@Arg('words', () => [String], { description: 'Words.' }) words: string[]): number {
    return words.length;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Never answers.' })
  stalled(): Promise<string> {
    return new Promise(() => undefined);
  }

  @FieldResolver(() => Book, { nullable: true, description: 'The same book once more.' })
  @Policy('public')
  again(@Root() book: Book, @Ctx() context: Context): Promise<Book | undefined> {
    return context.loader(bookById).load(book.id);
  }
}

registerNode(
  'Book', 'signed-in',
  (context, keys) => context.loader(bookById).loadMany([...keys]).then(
    (books) => books.map((book) => (book instanceof Error ? undefined : book))
  ),
);

export const librarySchema = (): GraphQLSchema => buildApiSchema([BookResolver, NodeResolver]);
