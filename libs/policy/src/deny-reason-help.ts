import type { DenyReason } from './facts.ts';

/** What each refusal means to the owner of the update and what the owner does about it. The recipient is told none. */
export const DENY_REASON_HELP: Readonly<Record<DenyReason, string>> = {
  UNKNOWN_VALUE:
    'A label, a category or another value in the update, the agencies or an agreement between them is unknown to this version. Upgrade the node; draft the agreement again if one of its clauses holds the value.',
  HANDLING_CONTRADICTORY: 'The handling contradicts itself or the category. Publish a new version with a handling that holds together.',
  OWNER_NOT_ACTIVE: 'Your own agency is not active. Ask the operator about its state.',
  RECIPIENT_NOT_ACTIVE: 'The recipient is not an active agency. Nothing for you to do; it receives again once the operator has made it active.',
  NOT_ADDRESSED: 'The update names one agency and this is another. Send the recipient an update of its own if it needs one.',
  TLP_EXCLUDES_RECIPIENT:
    'The TLP label leaves the recipient out. RED: name its actor, who then reads in person. GREEN: name a group that it is a member of.',
  NO_AGREEMENT: 'No agreement in force binds you and the recipient. Draft one, have it signed, or end its suspension.',
  NO_PERMITTING_CLAUSE:
    'Agreements are in force, but no clause permits this category, purpose, area and personal-data level to this recipient. Agree on one that does.',
  PROHIBITED_BY_CLAUSE: 'A clause of an agreement in force prohibits it, and a prohibition beats every permission. Only a new agreement can change that.',
  AREA_UNDECIDABLE:
    'The gazetteer cannot say whether an area of a clause contains the place of the update. Name the place by a code, or have the clause name an area, that the gazetteer knows.',
  NO_CONSENT: 'No consent of yours in force covers this recipient, category and purpose. Grant one if you want it to receive.',
  PURPOSE_NOT_ALLOWED: 'The recipient declares a purpose that the handling does not name. Name it if you want the update used for it.',
  PURPOSE_NEVER_FOR_CATEGORY: 'Border management, law enforcement and return never receive asylum, protection or referral data. Nothing can be done.',
  ORIGIN_FIREWALL:
    'The recipient acts for States that its registration does not name by known country codes, so their nationals cannot be left out. Ask the operator to correct it.',
  RETENTION_PASSED: 'The retention of the update, or the shorter one of the clause, has passed. Publish anew if it is still needed.',
};
