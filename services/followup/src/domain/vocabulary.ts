/** The words of follow-up; docs/follow-up.md says what they mean. */

export const THEMES = [
  'access-to-territory',
  'law-alignment',
  'reception',
  'documentation',
  'identification',
  'referral',
  'victims-access-to-justice',
  'alternatives-to-detention',
  'rescue',
  'data',
  'statelessness',
  'return',
  'complementary-pathways',
  'integration',
  'health',
  'security',
  'capacity-building',
] as const;
/** Also the theme of the focal points that report on it. */
export type Theme = (typeof THEMES)[number];

export const POSITIONS = ['accepted', 'noted', 'rejected'] as const;
export type Position = (typeof POSITIONS)[number];

export const IMPLEMENTATIONS = ['not-started', 'in-progress', 'implemented', 'no-longer-relevant'] as const;
export type Implementation = (typeof IMPLEMENTATIONS)[number];

export const VERIFICATIONS = ['self-reported', 'peer-verified', 'disputed'] as const;
export type Verification = (typeof VERIFICATIONS)[number];

export const TIMELINESSES = ['on-time', 'overdue'] as const;
export type Timeliness = (typeof TIMELINESSES)[number];

/** In the order in which a flow passes them. */
export const STAGES = ['pledge', 'commitment', 'delivered'] as const;
export type Stage = (typeof STAGES)[number];

export const UNITS = ['usd', 'resettlement-places', 'person-months', 'equipment-pieces', 'training-days', 'in-kind-usd'] as const;
/** Amounts of different units never add. */
export type Unit = (typeof UNITS)[number];
