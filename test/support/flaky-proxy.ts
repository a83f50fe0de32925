import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

export interface FlakyProxy {
  readonly port: number;
  /** Holds what the server answers back from now on; `release` lets it through. */
  hold(): void;
  release(): void;
  /** Pieces that clients have sent so far. */
  sent(): number;
  /** Breaks all connections; what was held is lost. New ones are taken again at once. */
  cut(): void;
  close(): Promise<void>;
}

/** Stands between a client and the server on a Unix socket, and loses acknowledgements or the whole connection on demand. */
export async function startFlakyProxy(socketPath: string): Promise<FlakyProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let holding = false;
  let pieces = 0;
  const held: (() => void)[] = [];

  const server = createServer((client) => {
    const target = createConnection(socketPath);
    const pair: [Socket, Socket] = [client, target];
    pairs.add(pair);
    client.on('data', (bytes) => {
      pieces++;
      target.write(bytes);
    });
    target.on('data', (bytes) => {
      const pass = () => client.write(bytes);
      if (holding) held.push(pass);
      else pass();
    });
    for (const socket of pair) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        pairs.delete(pair);
        for (const end of pair) end.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function release(): void {
    holding = false;
    for (const pass of held.splice(0)) pass();
  }

  function cut(): void {
    holding = false;
    held.length = 0;
    for (const [client] of pairs) client.destroy();
  }

  return {
    port: (server.address() as AddressInfo).port,
    hold: () => {
      holding = true;
    },
    sent: () => pieces,
    release,
    cut,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
