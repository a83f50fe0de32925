import { connectLive, type Handlers } from './socket';

interface Sent {
  id?: string;
  type: string;
  payload?: { query: string; variables: Record<string, unknown>; extensions: { persistedQuery: { sha256Hash: string } } };
}

/** The server's side of one connection. */
class FakeSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static opened: FakeSocket[] = [];

  readyState = FakeSocket.OPEN;
  sent: Sent[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onclose?: (event: { code: number; reason: string; wasClean: boolean }) => void;

  constructor() {
    FakeSocket.opened.push(this);
    queueMicrotask(() => this.onopen?.());
  }

  send(text: string): void {
    const message: Sent = JSON.parse(text);
    this.sent.push(message);
    if (message.type === 'connection_init') {
      this.tell({ type: 'connection_ack' });
    }
  }

  tell(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  close(code = 1000): void {
    this.readyState = FakeSocket.CLOSED;
    this.onclose?.({ code, reason: '', wasClean: true });
  }

  get subscriptions(): Sent[] {
    return this.sent.filter(({ type }) => type === 'subscribe');
  }

  next(data: unknown): void {
    this.tell({ id: this.subscriptions.at(-1)?.id, type: 'next', payload: { data } });
  }

  refuse(code: string): void {
    this.tell({ id: this.subscriptions.at(-1)?.id, type: 'error', payload: [{ message: code, extensions: { code } }] });
  }
}

interface Item {
  cursor: string;
}

const feed = { hash: 'abc', text: 'subscription { feed { cursor } }' };

function rig(handlers: Partial<Handlers<Item>> = {}) {
  FakeSocket.opened = [];
  const signInAgain = jest.fn(async () => undefined);
  const onSessionChanged = jest.fn();
  const items: string[] = [];
  const live = connectLive({ url: 'ws://server/graphql', signInAgain, onSessionChanged, webSocketImpl: FakeSocket });
  const stop = live.subscribe<Item, Record<string, unknown>>(feed, { of: 'x' }, {
    next: ({ cursor }) => items.push(cursor),
    cursor: ({ cursor }) => cursor,
    ...handlers,
  });
  return { live, stop, items, signInAgain, onSessionChanged };
}

/** Lets promises and the timers of back-off run. */
const settle = async (milliseconds = 0): Promise<void> => {
  await jest.advanceTimersByTimeAsync(milliseconds);
};

const socket = (): FakeSocket => {
  const newest = FakeSocket.opened.at(-1);
  if (!newest) {
    throw new Error('nothing connected');
  }
  return newest;
};

describe('the live socket', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('sends the document and its hash', async () => {
    const { live } = rig();
    await settle();
    expect(live.state.get()).toEqual({ kind: 'live' });
    expect(socket().subscriptions[0]?.payload).toEqual({
      query: feed.text,
      variables: { of: 'x' },
      extensions: { persistedQuery: { version: 1, sha256Hash: 'abc' } },
    });
  });

  it('resumes behind the last item after the connection broke', async () => {
    const { live, items } = rig();
    await settle();
    socket().next({ cursor: '1' });
    socket().next({ cursor: '2' });
    socket().close(1006);
    await settle(1);
    expect(live.state.get().kind).toBe('reconnecting');
    await settle(2_000);
    expect(FakeSocket.opened).toHaveLength(2);
    expect(socket().subscriptions[0]?.payload?.variables).toEqual({ of: 'x', after: '2' });
    socket().next({ cursor: '3' });
    expect(items).toEqual(['1', '2', '3']);
  });

  it('starts anew and says so when the server cannot resume', async () => {
    const resync = jest.fn();
    rig({ resync });
    await settle();
    socket().next({ cursor: '7' });
    socket().refuse('E4004');
    await settle();
    expect(resync).toHaveBeenCalledTimes(1);
    expect(socket().subscriptions.at(-1)?.payload?.variables).toEqual({ of: 'x' });
  });

  it('asks to sign in again, then goes on', async () => {
    const { signInAgain } = rig();
    await settle();
    socket().next({ cursor: '4' });
    socket().refuse('E4011');
    await settle();
    expect(signInAgain).toHaveBeenCalledTimes(1);
    expect(socket().subscriptions.at(-1)?.payload?.variables).toEqual({ of: 'x', after: '4' });
  });

  it('takes one close for a changed session as a reason to reconnect, two in a row as its end', async () => {
    const { signInAgain, onSessionChanged } = rig();
    await settle();
    socket().close(4403);
    await settle(2_000);
    expect(FakeSocket.opened).toHaveLength(2);
    expect(signInAgain).not.toHaveBeenCalled();
    expect(onSessionChanged).toHaveBeenCalledTimes(1);
    expect(socket().subscriptions).toHaveLength(1);
  });

  it('retries a refused feed later and says why', async () => {
    const refused = jest.fn();
    rig({ refused });
    await settle();
    socket().refuse('E5031');
    await settle(2_000);
    expect(refused).toHaveBeenCalledWith('E5031');
    expect(socket().subscriptions).toHaveLength(2);
  });

  it('terminates a connection that does not answer pings', async () => {
    rig();
    await settle();
    await settle(10_000);
    expect(socket().sent.at(-1)).toEqual({ type: 'ping' });
    await settle(5_000 + 2_000);
    expect(FakeSocket.opened.length).toBeGreaterThan(1);
  });

  it('lets go of the connection after five hidden minutes and resumes by cursor', async () => {
    rig();
    await settle();
    socket().next({ cursor: '9' });
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    const pongs = setInterval(() => socket().tell({ type: 'pong' }), 1_000);
    await settle(5 * 60_000 + 5_000);
    clearInterval(pongs);
    expect(socket().readyState).toBe(FakeSocket.CLOSED);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    await settle();
    expect(socket().subscriptions[0]?.payload?.variables).toEqual({ of: 'x', after: '9' });
    hidden.mockRestore();
  });

  it('ends a subscription for good when its reader leaves', async () => {
    const { stop } = rig();
    await settle();
    stop();
    await settle();
    expect(socket().sent.at(-1)?.type).toBe('complete');
    await settle(4_000);
    expect(socket().readyState).toBe(FakeSocket.CLOSED);
  });
});
