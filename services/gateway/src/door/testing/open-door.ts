import { Client, type ChannelCredentials, credentials as grpc, Metadata, type ServiceError } from '@grpc/grpc-js';
import { systemClock } from '@corridor/kernel';
import { decodeStatus, STATUS_TRAILER } from '@corridor/runtime';
import { KnownPolicy } from '@corridor/runtime/testing';
import { expect, vi } from 'vitest';
import { buildDoor, type Door, type DoorOptions, type EndedCall } from '../door.ts';
import { BYTES, type BytesService, type Handlers, serveBytes } from './bytes-service.ts';

const closings: (() => unknown)[] = [];

/** Closes what the test has opened, the last first. */
export async function closeAll(): Promise<void> {
  for (const close of closings.splice(0).toReversed()) await close();
}
export const closeLater = (close: () => unknown): void => void closings.push(close);

export async function serve(handlers?: Handlers, options?: Parameters<typeof serveBytes>[1]): Promise<BytesService> {
  const service = await serveBytes(handlers, options);
  closeLater(() => service.kill());
  return service;
}

export interface OpenDoor {
  readonly door: Door;
  readonly port: number;
  readonly client: Client;
  readonly ended: readonly EndedCall[];
  readonly reports: readonly string[];
}

/** A door to replicas of the hub. */
export async function open(hub: readonly string[], { credentials = grpc.createInsecure(), ...options }: Partial<DoorOptions> & { readonly credentials?: ChannelCredentials } = {}): Promise<OpenDoor> {
  const ended: EndedCall[] = [];
  const reports: string[] = [];
  const door = buildDoor({
    listener: { host: '127.0.0.1', port: 0 },
    services: { hub },
    upstreamTls: false,
    policy: new KnownPolicy(),
    clock: systemClock,
    report: (_level, event) => void reports.push(event),
    observe: (call) => void ended.push(call),
    ...options,
    limits: { drainMs: 200, ...options.limits },
  });
  closeLater(() => door.stop());
  const port = await door.start();
  return { door, port, client: clientOf(`127.0.0.1:${port}`, credentials), ended, reports };
}

export function clientOf(address: string, credentials: ChannelCredentials = grpc.createInsecure()): Client {
  const client = new Client(address, credentials, { 'grpc.max_receive_message_length': -1, 'grpc.ssl_target_name_override': 'corridor.example.org' });
  closeLater(() => client.close());
  return client;
}

export const at = ({ port }: BytesService): string => `127.0.0.1:${port}`;
export const bytes = (text: string): Buffer => Buffer.from(text);
export const asItIs = (b: Buffer): Buffer => b;
export const last = (call: { write(message: Buffer): unknown; end(): unknown }, text: string): void => {
  call.write(bytes(text));
  call.end();
};

export interface Outcome {
  readonly answer: Buffer | undefined;
  readonly error: ServiceError | undefined;
  readonly headers: Metadata | undefined;
  readonly trailers: Metadata | undefined;
}
/** One call with one answer, and all that came with it. */
export const one = (client: Client, request: Buffer, metadata = new Metadata(), path: string = BYTES.one.path): Promise<Outcome> =>
  new Promise((resolve) => {
    let headers: Metadata | undefined;
    let trailers: Metadata | undefined;
    let done: { answer: Buffer | undefined; error: ServiceError | undefined } | undefined;
    const finish = (): void => {
      if (done !== undefined && trailers !== undefined) resolve({ ...done, headers, trailers });
    };
    const call = client.makeUnaryRequest(path, asItIs, asItIs, request, metadata, (error, answer) => {
      done = { answer, error: error ?? undefined };
      finish();
    });
    call.on('metadata', (m) => (headers = m));
    call.on('status', (s) => {
      trailers = s.metadata;
      finish();
    });
  });
export const reasonOf = ({ error }: Outcome): string | undefined => infoOf(error)?.reason;
/** The google.rpc.ErrorInfo of an error. */
export function infoOf(error: ServiceError | undefined): NonNullable<ReturnType<typeof decodeStatus>>['info'] {
  const [trailer] = error?.metadata.get(STATUS_TRAILER) ?? [];
  return Buffer.isBuffer(trailer) ? decodeStatus(trailer)?.info : undefined;
}

/** Resolves when a number has grown, and grows no more. */
export async function standsStill(number: () => number): Promise<void> {
  let before = -1;
  await vi.waitFor(
    () => {
      const now = number();
      const still = now > 0 && now === before;
      before = now;
      expect(still).toBe(true);
    },
    { interval: 300, timeout: 10_000 },
  );
}
