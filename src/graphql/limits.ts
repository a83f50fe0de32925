/** Every number that bounds what one caller may ask of the API; the same on HTTP and WebSocket. */
export const limits = {
  /** Bytes of one HTTP body, and so of one document with its variables. */
  bodyBytes: 100_000,
  /** Lexical tokens of one document; also what keeps the recursive parser from exhausting the stack. */
  tokens: 1_000,
  /** Nested selections, fragments flattened; a root field alone is depth 1. */
  depth: 10,
  /** Nested objects and lists of the variables. */
  variableDepth: 50,
  aliases: 15,
  directives: 20,
  mutationRootFields: 4,
  /** Items of one connection page. */
  pageDefault: 20,
  pageMax: 100,
  /** Ids of one `nodes(ids)`, and elements of any list argument. */
  listItems: 100,
  /** Points of one operation: object 1, scalar 0, connection 2 + n x children. */
  cost: 2_500,
  /** Size assumed for a list that has no page arguments. */
  plainListItems: 10,
  /** Points a principal may spend at once, and how many come back each second. */
  costBurst: 5_000,
  costPerSecond: 100,
  validationErrors: 20,
  coercionErrors: 20,
  recursiveSelections: 10_000,
  /** Milliseconds until an operation is given up. */
  queryMs: 10_000,
  mutationMs: 30_000,
  eventMs: 10_000,
  idempotencyKeyLength: 255,
  /** Milliseconds after which a record left in flight is taken over. Short, because running a twin is harmless: same command id. */
  idempotencyLeaseMs: 5_000,
  idempotencyDays: 7,
  loaderBatch: 200,
  /** Bytes of one WebSocket message. */
  frameBytes: 64 * 1024,
  subscriptionsPerSocket: 50,
  /** Over all their sockets. */
  subscriptionsPerPrincipal: 250,
  socketsPerPrincipal: 10,
  messagesPerSecond: 20,
  /** Bytes waiting in one socket before it is closed; its client resumes by cursor. */
  socketBufferBytes: 1024 * 1024,
  connectionInitMs: 3_000,
  pingMs: 12_000,
  /** Milliseconds between two judgements of the session behind an open socket. */
  sessionCheckMs: 500,
  /** Milliseconds without a successful judgement after which open sockets are closed. */
  sessionDoubtMs: 5_000,
} as const;
