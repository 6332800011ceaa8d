import { Category, OnwardSharing, Purpose } from '@corridor/contracts/common/v1/vocabulary';
import type { ConsentPart, Terms } from './agree.ts';
import { permission, prohibition } from './clause.ts';

const { CATEGORY_MOVEMENT: MOVEMENT, CATEGORY_RESCUE: RESCUE, CATEGORY_CRISIS: CRISIS } = Category;
const {
  PURPOSE_PLANNING: PLANNING,
  PURPOSE_STATISTICS: STATISTICS,
  PURPOSE_ASSISTANCE: ASSISTANCE,
  PURPOSE_PROTECTION: PROTECTION,
  PURPOSE_RESCUE: FOR_RESCUE,
  PURPOSE_EARLY_WARNING: EARLY_WARNING,
  PURPOSE_LAW_ENFORCEMENT: LAW_ENFORCEMENT,
} = Purpose;

/** The group whose community the crisis reports are for. */
export const TASK_FORCE = 'coastal-task-force';
/** The consent that is revoked after the second year. */
export const REVOKED_CONSENT = 'forum-statistics';

/** A consent of an owner that an agency may be warned by its counts. */
const warning = (owner: string, agency: string): ConsentPart => ({
  owner,
  id: `warnings-for-${agency}`,
  recipient: `agencies/${agency}`,
  categories: [MOVEMENT],
  purposes: [EARLY_WARNING],
});

/** Who agreed with whom on what in the demonstration. */
export const TERMS: Terms = {
  groups: [
    {
      id: TASK_FORCE,
      displayName: 'Coastal Task Force',
      convener: 'migration-agency',
      members: ['refugee-agency', 'harbour-relief', 'coastal-authority'],
    },
  ],
  agreements: [
    {
      id: 'humanitarian-protocol',
      title: 'Protocol on the sharing of information between humanitarian agencies',
      template: 'information-sharing-protocol',
      parties: ['refugee-agency', 'migration-agency', 'harbour-relief'],
      clauses: [
        permission({ clauseId: 'planning', categories: [MOVEMENT], purposes: [PLANNING, STATISTICS] }),
        permission({ clauseId: 'assistance', categories: [MOVEMENT], purposes: [ASSISTANCE], recipients: ['agencies/harbour-relief'], exact: true }),
        permission({ clauseId: 'rescue', categories: [RESCUE], purposes: [FOR_RESCUE], exact: true }),
      ],
    },
    {
      id: 'forum-exchange',
      title: 'Exchange of monthly figures with the Forum of the Straits',
      template: 'bilateral-exchange',
      parties: ['refugee-agency', 'straits-forum'],
      clauses: [
        permission({
          clauseId: 'figures',
          categories: [MOVEMENT],
          purposes: [STATISTICS],
          withoutBreakdown: true,
          secretariatBound: true,
          watermark: true,
        }),
      ],
    },
    {
      id: 'coastal-exchange',
      title: 'Exchange of information with the Coastal Authority',
      template: 'information-sharing-protocol',
      parties: ['refugee-agency', 'harbour-relief', 'coastal-authority'],
      clauses: [
        permission({ clauseId: 'planning', categories: [MOVEMENT], purposes: [PLANNING] }),
        permission({ clauseId: 'rescue', categories: [RESCUE], purposes: [FOR_RESCUE], exact: true }),
        prohibition('no-law-enforcement', [MOVEMENT, RESCUE], [LAW_ENFORCEMENT]),
      ],
    },
    {
      id: 'homeland-exchange',
      title: 'Exchange of information with the Homeland Authority',
      template: 'bilateral-exchange',
      parties: ['refugee-agency', 'homeland-authority'],
      clauses: [permission({ clauseId: 'early-warning', categories: [MOVEMENT], purposes: [EARLY_WARNING] })],
    },
    {
      id: 'early-warning-terms',
      title: 'Terms of early warning',
      template: 'information-sharing-protocol',
      parties: ['refugee-agency', 'migration-agency', 'harbour-relief', 'early-warning'],
      clauses: [
        permission({
          clauseId: 'early-warning',
          owners: ['agencies/refugee-agency', 'agencies/early-warning'],
          categories: [MOVEMENT],
          purposes: [EARLY_WARNING],
        }),
      ],
    },
    {
      id: 'task-force-terms',
      title: 'Terms of the Coastal Task Force',
      template: 'joint-operation',
      parties: ['migration-agency', 'refugee-agency'],
      group: TASK_FORCE,
      clauses: [
        permission({
          clauseId: 'crises',
          categories: [CRISIS],
          purposes: [PROTECTION, EARLY_WARNING],
          onwardSharing: OnwardSharing.ONWARD_SHARING_WITH_APPROVAL,
        }),
      ],
    },
  ],
  consents: [
    { owner: 'refugee-agency', id: 'migration-planning', recipient: 'agencies/migration-agency', categories: [MOVEMENT], purposes: [PLANNING] },
    { owner: 'refugee-agency', id: 'relief-assistance', recipient: 'agencies/harbour-relief', categories: [MOVEMENT], purposes: [ASSISTANCE] },
    { owner: 'refugee-agency', id: REVOKED_CONSENT, recipient: 'agencies/straits-forum', categories: [MOVEMENT], purposes: [STATISTICS] },
    { owner: 'refugee-agency', id: 'coastal-planning', recipient: 'agencies/coastal-authority', categories: [MOVEMENT], purposes: [PLANNING] },
    { owner: 'refugee-agency', id: 'homeland-warning', recipient: 'agencies/homeland-authority', categories: [MOVEMENT], purposes: [EARLY_WARNING] },
    ...['migration-agency', 'harbour-relief', 'early-warning'].map((agency) => warning('refugee-agency', agency)),
    ...['migration-agency', 'harbour-relief'].map((agency) => warning('early-warning', agency)),
    { owner: 'migration-agency', id: 'refugee-planning', recipient: 'agencies/refugee-agency', categories: [MOVEMENT], purposes: [PLANNING] },
    { owner: 'migration-agency', id: 'task-force-crises', recipient: `groups/${TASK_FORCE}`, categories: [CRISIS], purposes: [PROTECTION] },
    { owner: 'harbour-relief', id: 'refugee-rescue', recipient: 'agencies/refugee-agency', categories: [RESCUE], purposes: [FOR_RESCUE] },
    { owner: 'harbour-relief', id: 'coastal-rescue', recipient: 'agencies/coastal-authority', categories: [RESCUE], purposes: [FOR_RESCUE] },
  ],
};
