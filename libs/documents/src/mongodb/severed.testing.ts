import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A way to a server that can be cut, and be left open while nothing passes. */
export class SeverableWay {
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  #state: 'open' | 'cut' | 'silent' = 'open';

  private constructor(host: string, port: number) {
    this.#listener = createServer((near) => {
      if (this.#state === 'cut') return near.destroy();
      const far = connect(port, host);
      for (const [one, other] of [[near, far], [far, near]] as const) {
        this.#sockets.add(one);
        one.on('data', (bytes) => this.#state === 'open' && other.write(bytes));
        one.on('error', () => one.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      return undefined;
    });
  }

  /** Opens a way to the server of a URL. */
  static async to(url: string): Promise<SeverableWay> {
    const { hostname, port } = new URL(url);
    const way = new SeverableWay(hostname, Number(port));
    way.#listener.listen(0, '127.0.0.1');
    await once(way.#listener, 'listening');
    return way;
  }

  /** The URL of the server by this way. */
  url(url: string): string {
    const by = new URL(url);
    by.hostname = '127.0.0.1';
    by.port = String((this.#listener.address() as AddressInfo).port);
    return by.href;
  }

  /** Closes what is open and refuses what comes. */
  cut(): void {
    this.#state = 'cut';
    this.#drop();
  }

  /** Takes what comes and passes nothing on. */
  silence(): void {
    this.#state = 'silent';
  }

  restore(): void {
    this.#state = 'open';
    this.#drop();
  }

  async close(): Promise<void> {
    this.cut();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
