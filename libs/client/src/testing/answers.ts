import type { handleUnaryCall, UntypedHandleCall } from '@grpc/grpc-js';
import { CorridorError, type Reason } from '@corridor/kernel';
import { statusError } from './stub-node.ts';

/** A unary RPC of a stub node that answers by a function; what it throws is the refusal. */
export const answering = <Req, Res>(answer: (request: Req) => Res): UntypedHandleCall => {
  const handler: handleUnaryCall<Req, Res> = (call, done) => {
    try {
      done(null, answer(call.request));
    } catch (error) {
      done(statusError(CorridorError.from(error)));
    }
  };
  return handler;
};

/** A unary RPC of a stub node that refuses everything. */
export const refusing = (reason: Reason): UntypedHandleCall =>
  answering(() => {
    throw new CorridorError(reason, `said the node of ${reason}`);
  });
