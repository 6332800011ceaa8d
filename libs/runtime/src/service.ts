import type { Clock, CorridorError } from '@corridor/kernel';
import type { DocumentStore } from '@corridor/documents';
import type { EventLog, PartnerTopics } from '@corridor/eventlog';
import type { Keys } from './keys/keys.ts';
import type { PolicyView } from './policy/policy-view.ts';
import type { RpcHost } from './rpc/rpc.ts';

/** What a service is built over. Which adapters stand behind it, no service knows. */
export interface Ports {
  readonly log: EventLog;
  readonly partnerTopics: PartnerTopics;
  readonly documents: DocumentStore;
  readonly keys: Keys;
  readonly policy: PolicyView;
  readonly rpc: RpcHost;
  readonly clock: Clock;
  readonly report: Report;
}

/** A built service. `start` resolves when it serves; `stop` is idempotent, awaited, and drains in order. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Undefined while it serves; else why it does not, in one line without payloads. Nobody is sent to it meanwhile. */
  unwell(): string | undefined;
  /** What of it does not work though it serves, in one line without payloads: another replica would be no better off. */
  impaired?(): string | undefined;
  /** Why it can work no more until the process starts anew; undefined while it works or may recover. */
  failed?(): CorridorError | undefined;
}

/** Structured facts for the operator: no payloads, tokens or personal data. */
export type Report = (level: 'info' | 'warn' | 'error', event: string, facts?: Readonly<Record<string, string | number>>) => void;
