/** gRPC status codes that Corridor uses (google.rpc.Code), by name. */
export const GRPC_CODE = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;
export type GrpcCodeName = keyof typeof GRPC_CODE;

interface ReasonEntry {
  readonly code: GrpcCodeName;
  readonly http: number;
  readonly todo: string;
  /** After how many milliseconds the same call may do better; undefined where trying again alone does not help. */
  readonly retryAfterMs?: number;
}
const reason = (code: GrpcCodeName, http: number, todo: string): ReasonEntry => ({ code, http, todo });
const passing = (retryAfterMs: number, entry: ReasonEntry): ReasonEntry => ({ ...entry, retryAfterMs });

/**
 * Every way a call can fail: reason -> gRPC code, HTTP status, and what the caller can do about it. The list is closed;
 * a reason once published keeps its meaning. docs/errors.md is generated from it.
 */
export const REASONS = {
  INVALID_ID: reason('INVALID_ARGUMENT', 400, 'Correct the id named in the message; ids are lower-case slugs or UUIDs of version 7 or 8.'),
  INVALID_ARGUMENT: reason('INVALID_ARGUMENT', 400, 'Correct the field named in the message and send the request again.'),
  HANDLING_MISSING: reason('INVALID_ARGUMENT', 400, 'State the complete handling: TLP label, purposes, legal basis, personal-data level, retention, onward sharing, precision limit.'),
  HANDLING_CONTRADICTORY: reason('INVALID_ARGUMENT', 400, 'Resolve the contradiction in the handling that the message names.'),
  UNKNOWN_ENUM_VALUE: reason('INVALID_ARGUMENT', 400, 'Use a value this version of the contract knows; UNSPECIFIED is never accepted.'),
  UNKNOWN_PLACE: reason('INVALID_ARGUMENT', 400, 'Name a place of the gazetteer; `corridor places` lists them.'),
  PAGE_TOKEN_INVALID: reason('INVALID_ARGUMENT', 400, 'Start the list again without a page token; a token is bound to its request.'),
  CURSOR_INVALID: reason('INVALID_ARGUMENT', 400, 'Subscribe with a cursor this node gave to this agency for the same filter, or without one.'),
  MESSAGE_TOO_LARGE: reason('RESOURCE_EXHAUSTED', 413, 'Split the message: at most 256 updates and 900 kB of one series.'),
  UNAUTHENTICATED: reason('UNAUTHENTICATED', 401, 'Sign in again: the token is missing, expired or not of this node.'),
  PERMISSION_DENIED: reason('PERMISSION_DENIED', 403, 'Ask an actor whose role allows this call.'),
  AGENCY_NOT_ACTIVE: reason('PERMISSION_DENIED', 403, 'The agency is not active; ask the operator about its state.'),
  FOUR_EYES: reason('FAILED_PRECONDITION', 409, 'A second actor has to do this step.'),
  NOT_FOUND: reason('NOT_FOUND', 404, 'Nothing of this name is there for you; check the name.'),
  ALREADY_EXISTS: reason('ALREADY_EXISTS', 409, 'The id is taken by other content; choose a new id.'),
  VERSION_CONFLICT: reason('ABORTED', 409, 'Somebody changed it meanwhile; read the current version and decide again.'),
  STATE_FORBIDS: reason('FAILED_PRECONDITION', 409, 'The present state does not allow this step; read it and see which steps it allows.'),
  SIGNATURE_INVALID: reason('FAILED_PRECONDITION', 409, 'Sign the canonical text again with a key that is registered and valid now.'),
  ALREADY_FOUNDED: reason('FAILED_PRECONDITION', 409, 'The node was founded before; further agencies apply and are endorsed.'),
  FIREWALL_UNDECIDABLE: reason('INVALID_ARGUMENT', 400, 'State nationalities by ISO 3166-1 alpha-3 codes or UNK.'),
  RATE_LIMITED: passing(5000, reason('RESOURCE_EXHAUSTED', 429, 'Wait and try again more slowly.')),
  STORAGE_FULL: reason('RESOURCE_EXHAUSTED', 507, 'The disk is full: free space on the node; reading goes on, nothing acknowledged is lost.'),
  QUEUE_FULL: passing(200, reason('RESOURCE_EXHAUSTED', 429, 'More is in flight than the node takes; wait for acknowledgements and try again.')),
  POLICY_UNCONFIRMED: passing(1000, reason('UNAVAILABLE', 503, 'The node cannot confirm its policy state and sends nothing until it can; try again.')),
  UNAVAILABLE: passing(1000, reason('UNAVAILABLE', 503, 'The node is starting, stopping or cut off from its log; try again.')),
  DEADLINE_EXCEEDED: passing(1000, reason('DEADLINE_EXCEEDED', 504, 'The outcome is unknown: ask again with the same ids; a repeat is recognised.')),
  DATA_FOLDER_IN_USE: reason('FAILED_PRECONDITION', 409, 'Another node runs on this data folder; stop it or choose another folder.'),
  DATA_FOLDER_NEWER: reason('FAILED_PRECONDITION', 409, 'The data folder was written by a newer version; run that version or a newer one.'),
  DATABASE_DAMAGED: reason('DATA_LOSS', 500, 'The database is damaged: stop the node and restore a backup.'),
  LOG_FORKED: reason('DATA_LOSS', 500, 'The audit log does not extend its last checkpoint: stop the node and restore a backup.'),
  KEY_DESTROYED: reason('NOT_FOUND', 404, 'The data key was destroyed at the end of retention or by the owner; the content is gone.'),
  KEY_STORE_UNUSABLE: reason('FAILED_PRECONDITION', 409, 'The key store cannot be opened with this master key; restore the key that belongs to it.'),
  CONFIG_INVALID: reason('FAILED_PRECONDITION', 409, 'Correct the setting that the message names.'),
  LISTENER_INSECURE: reason('FAILED_PRECONDITION', 409, 'Give a certificate and a key, or listen on loopback only.'),
  IMPORT_INVALID: reason('INVALID_ARGUMENT', 400, 'Correct the lines that the message names; nothing of the file was published.'),
  VALUE_TOO_LARGE: reason('INVALID_ARGUMENT', 400, 'A log value takes at most 900 kB and a document at most 8 MB.'),
  RECORDS_EXPIRED: reason('OUT_OF_RANGE', 410, 'These records are past their retention in the log; take them from the archive and go on where the log begins.'),
  LOG_INCOMPLETE: reason('DATA_LOSS', 500, 'The log lacks records that it once held: stop the node and restore a newer backup.'),
  RECEIPT_MISMATCH: reason('DATA_LOSS', 500, 'What the node has on record is not what arrived: keep deliveries and receipts, and tell the operator.'),
  INTERNAL: reason('INTERNAL', 500, 'A defect of the node; report it with the time and the call.'),
} as const satisfies Record<string, ReasonEntry>;

/** The stable name of a way to fail. */
export type Reason = keyof typeof REASONS;
