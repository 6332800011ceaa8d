import { view } from '@corridor/kernel';
import {
  AlertsServiceService,
  SubscribeAlertsFrom,
  type AlertDelivery,
  type AlertFilter,
  type SubscribeAlertsResponse,
} from '@corridor/contracts/alerts/v1/alerts';
import { entriesOf, ResumedStream, type StreamLimits } from './resumed-stream.ts';
import type { Surroundings } from './surroundings.ts';
import type { Calls } from './transport/calls.ts';

/** Which alerts to receive, and from where on. */
export interface SubscribeAlertsOptions extends StreamLimits {
  /** Which alerts; default: all that the agency may see whose status is ACTUAL. */
  readonly filter?: AlertFilter;
  /** Where to begin without a cursor; default: now. */
  readonly from?: 'now' | 'beginning';
  /** Where to go on: a `cursor` of an earlier subscription of the same agency and filter. */
  readonly cursor?: Uint8Array;
}

/**
 * A stream of alerts, each whole, that survives reconnection; to be iterated once.
 *
 * **At least once.** After a reconnection, or from a stored cursor, the node delivers again what came after the last mark;
 * recognise a repeat by the alert's `name` and `version`. Nothing is left out.
 *
 * **Backpressure.** Nothing is read ahead beyond `maxBytesAhead`: a slow reader is waited for.
 */
export interface AlertSubscription extends AsyncIterable<AlertDelivery> {
  /**
   * Everything before it has been yielded *and* the next alert asked for, so that whoever stores it after handling an
   * alert never loses one. Undefined before the first mark, when none was given.
   */
  readonly cursor: Uint8Array | undefined;
  /** Whether the node is delivering at present: its stream is open and something has come over it. */
  readonly connected: boolean;
}

type Event = SubscribeAlertsResponse['event'];

const RPC = AlertsServiceService.subscribeAlerts;
const SUBSCRIBE = { ...RPC, responseDeserialize: entriesOf(RPC.responseDeserialize) };
const ACTUAL: AlertFilter = { topics: [], statuses: [] };

/** Opens a subscription to alerts; it connects when it is iterated. */
export function openAlertSubscription(calls: Calls, options: SubscribeAlertsOptions, surroundings: Surroundings): AlertSubscription {
  const from = options.from === 'beginning' ? SubscribeAlertsFrom.SUBSCRIBE_ALERTS_FROM_BEGINNING : SubscribeAlertsFrom.SUBSCRIBE_ALERTS_FROM_NOW;
  let cursor = options.cursor;
  const stream = new ResumedStream<Event, AlertDelivery>(
    calls,
    {
      open: () => calls.serverStream(SUBSCRIBE, { filter: options.filter ?? ACTUAL, cursor: view(cursor ?? new Uint8Array()), from }),
      isMark: (event) => event?.$case === 'mark',
      async take(event) {
        if (event?.$case === 'mark') ({ cursor } = event.value);
        return event?.$case === 'delivery' ? event.value : undefined;
      },
    },
    options,
    surroundings,
  );
  return {
    get cursor() {
      return cursor;
    },
    get connected() {
      return stream.connected;
    },
    [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
  };
}
