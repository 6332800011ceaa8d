import { REASONS, type GrpcCodeName, type Reason } from './reasons.ts';

/**
 * The one error class. `reason` is stable and public; `message` tells a person what is wrong; `metadata` holds short
 * public facts (field, line, limit) that go to the caller as google.rpc.ErrorInfo metadata. None of them may carry
 * payloads, tokens or personal data.
 */
export class CorridorError extends Error {
  override readonly name = 'CorridorError';
  readonly reason: Reason;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(reason: Reason, message: string, metadata: Readonly<Record<string, string>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.metadata = metadata;
  }

  /** The gRPC status code name that belongs to the reason. */
  get code(): GrpcCodeName {
    return REASONS[this.reason].code;
  }

  /** What the caller can do about it. */
  get todo(): string {
    return REASONS[this.reason].todo;
  }

  /** After how many milliseconds the same call may do better; undefined where trying again alone does not help. */
  get retryAfterMs(): number | undefined {
    const entry: { readonly retryAfterMs?: number } = REASONS[this.reason];
    return entry.retryAfterMs;
  }

  /** The error itself when it is one of ours, else an INTERNAL one with the original as its cause and no detail of it. */
  static from(error: unknown): CorridorError {
    if (error instanceof CorridorError) return error;
    return new CorridorError('INTERNAL', 'the node failed to do this', {}, { cause: error });
  }
}
