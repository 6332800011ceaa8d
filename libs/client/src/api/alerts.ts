import { AlertsServiceService as rpc } from '@corridor/contracts/alerts/v1/alerts';
import type { Calls } from '../transport/calls.ts';
import { unaryOf } from './unary.ts';

/** Rules, alerts and the duty to acknowledge them. */
export type Alerts = ReturnType<typeof alertsOf>;

/** The unary RPCs of corridor.alerts.v1.AlertsService over one connection. */
export function alertsOf(calls: Calls) {
  const unary = unaryOf(calls);
  return {
    /** Writes a rule, a draft. Publishers of the early-warning agency. */
    createRule: unary(rpc.createRule),
    /** Replaces what a rule says; it is a draft again. Publishers of the early-warning agency. */
    updateRule: unary(rpc.updateRule),
    /** Tries a rule on past observations and stores its skill. Publishers and approvers of the early-warning agency. */
    backtestRule: unary(rpc.backtestRule),
    /** Lets a backtested rule evaluate. Approvers of the early-warning agency, never its author (FOUR_EYES). */
    activateRule: unary(rpc.activateRule),
    /** Stops an active rule for the time being. Publishers and approvers of the early-warning agency. */
    pauseRule: unary(rpc.pauseRule),
    /** Ends a pause. Approvers of the early-warning agency. */
    resumeRule: unary(rpc.resumeRule),
    /** Ends a rule for good. Publishers and approvers of the early-warning agency. */
    retireRule: unary(rpc.retireRule),
    /** One rule. Actors of the early-warning agency. */
    getRule: unary(rpc.getRule),
    /** The rules, by name. Actors of the early-warning agency. */
    listRules: unary(rpc.listRules),
    /** Drafts an alert by hand; nobody receives it yet. Publishers of the early-warning agency. */
    draftAlert: unary(rpc.draftAlert),
    /** Issues a drafted alert. Approvers of the early-warning agency, never its author (FOUR_EYES). */
    approveAlert: unary(rpc.approveAlert),
    /** Updates an open alert by a further message of its thread. Approvers of the early-warning agency. */
    updateAlert: unary(rpc.updateAlert),
    /** Cancels an open alert, or discards a draft. Approvers of the early-warning agency. */
    cancelAlert: unary(rpc.cancelAlert),
    /** One alert, as the caller may see it. Readers and duty officers. */
    getAlert: unary(rpc.getAlert),
    /** The alerts that the caller may see, newest first. Readers and duty officers. */
    listAlerts: unary(rpc.listAlerts),
    /**
     * Fulfils the duty of the caller's agency. The holder and, once it was escalated or while the holder is absent, the
     * deputies of an addressed focal point.
     */
    acknowledgeAlert: unary(rpc.acknowledgeAlert),
    /** Sets which alert topics go to the agency's own log topic. Administrators, for their own agency. */
    setAlertTopics: unary(rpc.setAlertTopics),
    /** Which alert topics go to the agency's own log topic. Administrators, for their own agency. */
    getAlertTopics: unary(rpc.getAlertTopics),
  } as const;
}
