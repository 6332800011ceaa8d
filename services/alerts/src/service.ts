import { AlertsServiceService } from '@corridor/contracts/alerts/v1/alerts';
import { Leases, storedJson } from '@corridor/documents';
import { Entitlements, recordBook } from '@corridor/entitlement';
import { agencyId, CorridorError } from '@corridor/kernel';
import { openGazetteer, type Gazetteer } from '@corridor/places';
import { Outboxes, sealedCollection, SealedDocuments, type Ports, type Service } from '@corridor/runtime';
import { gauge, SpanBudget } from '@corridor/telemetry';
import { Admission } from './application/admission.ts';
import { doWhatIsDue, whenDue } from './application/due-changes.ts';
import type { EarlyWarning } from './application/early-warning.ts';
import { overdueDuties } from './application/overdue-duties.ts';
import { evaluate, evaluateHistory } from './application/evaluate.ts';
import { placesOf } from './application/places.ts';
import type { AlertTopics } from './application/set-alert-topics.ts';
import { RULES, storedAlerts } from './application/stored.ts';
import { AlertTopicsChannel } from './channels/alert-topics.ts';
import { alertEvent, deliveryRecord, newsOf, reportsOf, ruleEvent } from './events.ts';
import { CatchUp } from './jobs/catch-up.ts';
import { Clockwork } from './jobs/clockwork.ts';
import { forgetting } from './jobs/forgetting.ts';
import { TopicOfAlerts } from './projections/alert-log.ts';
import { Intake } from './projections/intake.ts';
import { StoredObservations } from './projections/observations.ts';
import { alertsMethods } from './rpc/methods.ts';
import type { Served } from './rpc/served.ts';

export interface AlertsConfig {
  /** The agency of the registry that early warning acts for; `early-warning` when absent. */
  readonly agency?: string;
  /** The places that rules and alerts may name; the gazetteer of libs/places when absent. */
  readonly gazetteer?: Gazetteer;
}

const SOURCE = '/alerts';

/**
 * Early warning over its ports: it receives what its agency's own topic holds, and tells of alerts those who may receive
 * them. It adds its RPCs at once and answers them from `start` on.
 * @throws CorridorError INVALID_ID
 */
export async function build(config: AlertsConfig, ports: Ports): Promise<Service> {
  const { log, partnerTopics, documents, keys, policy, rpc, clock, report } = ports;
  const agency = agencyId(config.agency ?? 'early-warning', 'agency');
  const places = placesOf(config.gazetteer ?? openGazetteer());
  const outboxes = new Outboxes('alerts', ports);
  const alertsSpec = storedAlerts(agency);
  const observations = await StoredObservations.open(documents, keys.data, agency, clock);
  const leases = await Leases.open(documents, 'alerts.leases', clock);
  const topics = await documents.collection<AlertTopics>({ name: 'alerts.topics', ...storedJson<AlertTopics>(), indexes: { all: (doc) => [doc.agency] } });
  const done = await documents.collection<number>({ name: 'alerts.history', ...storedJson<number>(), indexes: {} });
  const book = recordBook(log, clock, SOURCE);
  const entitlements = new Entitlements(policy, book, places.contains, clock);
  const admission = new Admission({ agency, entitlements, book, policy, clock, precisionOf: places.precisionOf });
  const news = new TopicOfAlerts(log, (record) => newsOf(record, keys.data));
  let running: Running | undefined;

  rpc.add(AlertsServiceService, alertsMethods(() => {
    if (running === undefined) throw new CorridorError('UNAVAILABLE', 'early warning is not serving');
    return running.served;
  }));

  async function open(): Promise<Running> {
    const early: EarlyWarning = {
      agency,
      rules: await outboxes.open(RULES),
      alerts: new SealedDocuments(await outboxes.open(sealedCollection(alertsSpec)), alertsSpec, keys.data),
      observations,
      admission,
      policy,
      places,
      clock,
      report,
      spans: new SpanBudget(),
      ruleEvent: (change, by) => ruleEvent(change, by, clock),
      alertEvent: (change, by) => alertEvent(change, by, agency, keys.data, clock),
      due: () => clockwork.wake(),
    };
    const clockwork = new Clockwork({ leases, clock, report, act: () => doWhatIsDue(early), next: () => whenDue(early) });
    const catchUp = new CatchUp({ rules: early.rules, done, leases, clock, report, evaluate: (rule) => evaluateHistory(rule, early) });
    const channel = new AlertTopicsChannel({
      early,
      log,
      partnerTopics,
      topics,
      clock,
      report,
      newsOf: (record) => newsOf(record, keys.data),
      deliveryRecord: (of, change, reader) => deliveryRecord(of, change, reader, agency, clock),
    });
    const intake = new Intake({
      log,
      partnerTopics,
      agency,
      clock,
      tell: report,
      reportsOf,
      take: async (reports) => evaluate(await observations.take(reports), early),
    });
    return {
      served: {
        early,
        log: news,
        topics: { topics, partnerTopics, log: news, changed: () => channel.wake() },
        cursors: await keys.aead('alert-cursors'),
        pageTokens: await keys.aead('page-tokens'),
        history: () => catchUp.wake(),
      },
      intake,
      forget: gauge('corridor.alerts.duties.overdue', async () => [{ value: await overdueDuties(early), labels: {} }]),
      parts: [intake, catchUp, channel, clockwork, forgetting(leases, clock, report, () => observations.forgetExpired())],
      impaired: () => (intake.waitsFor === undefined ? channel.unwell() : `what was received is not evaluated: ${intake.waitsFor}`),
    };
  }

  return {
    name: 'alerts',
    async start() {
      const opened = await open();
      for (const part of opened.parts) part.start();
      running = opened;
    },
    async stop() {
      const opened = running;
      running = undefined;
      opened?.forget();
      for (const part of opened?.parts ?? []) await part.stop();
      await outboxes.stop();
    },
    unwell: () => {
      if (running?.intake.failure !== undefined) return `nothing is evaluated any more: ${running.intake.failure.reason}`;
      return outboxes.failure;
    },
    impaired: () => running?.impaired(),
    failed: () => running?.intake.failure,
  };
}

/** What runs once the service has started. */
interface Running {
  readonly served: Served;
  readonly intake: Pick<Intake, 'failure'>;
  /** In the order of starting and of stopping. */
  readonly parts: readonly { start(): void; stop(): Promise<void> }[];
  impaired(): string | undefined;
  /** Ends what is measured of it. */
  forget(): void;
}
