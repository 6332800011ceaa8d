import { AlertState, DutyState } from '@corridor/contracts/alerts/v1/alerts';
import { CapCategory, CapCertainty, CapMessageType, CapScope, CapStatus, CapUrgency } from '@corridor/contracts/alerts/v1/cap';
import { Direction, RuleState } from '@corridor/contracts/alerts/v1/rules';
import { translation } from '@corridor/runtime';
import { CAP_CATEGORIES, CAP_CERTAINTIES, CAP_URGENCIES } from '../domain/cap.ts';

const RULE_STATES = ['draft', 'backtested', 'active', 'paused', 'retired'] as const;
const ALERT_STATES = ['draft', 'open', 'cancelled', 'expired'] as const;
const DUTY_STATES = ['open', 'escalated', 'overdue', 'acknowledged'] as const;

/** The words of early warning that the contract and the domain share, each with its translation. */
export const words = {
  ruleState: translation(RuleState, RULE_STATES, {
    draft: RuleState.RULE_STATE_DRAFT,
    backtested: RuleState.RULE_STATE_BACKTESTED,
    active: RuleState.RULE_STATE_ACTIVE,
    paused: RuleState.RULE_STATE_PAUSED,
    retired: RuleState.RULE_STATE_RETIRED,
  }),
  direction: translation(Direction, ['above', 'below'] as const, { above: Direction.DIRECTION_ABOVE, below: Direction.DIRECTION_BELOW }),
  alertState: translation(AlertState, ALERT_STATES, {
    draft: AlertState.ALERT_STATE_DRAFT,
    open: AlertState.ALERT_STATE_OPEN,
    cancelled: AlertState.ALERT_STATE_CANCELLED,
    expired: AlertState.ALERT_STATE_EXPIRED,
  }),
  dutyState: translation(DutyState, DUTY_STATES, {
    open: DutyState.DUTY_STATE_OPEN,
    escalated: DutyState.DUTY_STATE_ESCALATED,
    overdue: DutyState.DUTY_STATE_OVERDUE,
    acknowledged: DutyState.DUTY_STATE_ACKNOWLEDGED,
  }),
  status: translation(CapStatus, ['actual', 'exercise', 'system', 'test', 'draft'] as const, {
    actual: CapStatus.CAP_STATUS_ACTUAL,
    exercise: CapStatus.CAP_STATUS_EXERCISE,
    system: CapStatus.CAP_STATUS_SYSTEM,
    test: CapStatus.CAP_STATUS_TEST,
    draft: CapStatus.CAP_STATUS_DRAFT,
  }),
  messageType: translation(CapMessageType, ['alert', 'update', 'cancel', 'ack', 'error'] as const, {
    alert: CapMessageType.CAP_MESSAGE_TYPE_ALERT,
    update: CapMessageType.CAP_MESSAGE_TYPE_UPDATE,
    cancel: CapMessageType.CAP_MESSAGE_TYPE_CANCEL,
    ack: CapMessageType.CAP_MESSAGE_TYPE_ACK,
    error: CapMessageType.CAP_MESSAGE_TYPE_ERROR,
  }),
  scope: translation(CapScope, ['public', 'restricted', 'private'] as const, {
    public: CapScope.CAP_SCOPE_PUBLIC,
    restricted: CapScope.CAP_SCOPE_RESTRICTED,
    private: CapScope.CAP_SCOPE_PRIVATE,
  }),
  urgency: translation(CapUrgency, CAP_URGENCIES, {
    immediate: CapUrgency.CAP_URGENCY_IMMEDIATE,
    expected: CapUrgency.CAP_URGENCY_EXPECTED,
    future: CapUrgency.CAP_URGENCY_FUTURE,
    past: CapUrgency.CAP_URGENCY_PAST,
    unknown: CapUrgency.CAP_URGENCY_UNKNOWN,
  }),
  certainty: translation(CapCertainty, CAP_CERTAINTIES, {
    observed: CapCertainty.CAP_CERTAINTY_OBSERVED,
    likely: CapCertainty.CAP_CERTAINTY_LIKELY,
    possible: CapCertainty.CAP_CERTAINTY_POSSIBLE,
    unlikely: CapCertainty.CAP_CERTAINTY_UNLIKELY,
    unknown: CapCertainty.CAP_CERTAINTY_UNKNOWN,
  }),
  category: translation(CapCategory, CAP_CATEGORIES, {
    geo: CapCategory.CAP_CATEGORY_GEO,
    met: CapCategory.CAP_CATEGORY_MET,
    safety: CapCategory.CAP_CATEGORY_SAFETY,
    security: CapCategory.CAP_CATEGORY_SECURITY,
    rescue: CapCategory.CAP_CATEGORY_RESCUE,
    fire: CapCategory.CAP_CATEGORY_FIRE,
    health: CapCategory.CAP_CATEGORY_HEALTH,
    env: CapCategory.CAP_CATEGORY_ENV,
    transport: CapCategory.CAP_CATEGORY_TRANSPORT,
    infra: CapCategory.CAP_CATEGORY_INFRA,
    cbrne: CapCategory.CAP_CATEGORY_CBRNE,
    other: CapCategory.CAP_CATEGORY_OTHER,
  }),
} as const;
