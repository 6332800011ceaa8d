import type { Table } from '@corridor/disclosure';
import type { AgencyId, SeriesId, Uuid } from '@corridor/kernel';
import type { ActorRef, Category, Handling, Measure, Period, PolicyRevision, Population, Severity, TransportMode } from '@corridor/policy';

export type Quality = 'observed' | 'estimated' | 'provisional';
export type RescuePhase = 'uncertainty' | 'alert' | 'distress' | 'under-way' | 'recovered' | 'disembarked' | 'suspended';

export interface GeoPoint {
  /** Degrees north, WGS 84. */
  readonly lat: number;
  /** Degrees east, WGS 84. */
  readonly lon: number;
}

/** A place of the gazetteer: its id (country code, admin code or route id), what kind of id that is, and a point if given. */
export interface Place {
  readonly kind: 'country' | 'admin' | 'route';
  readonly id: string;
  readonly point?: GeoPoint;
}

export interface Movement {
  readonly kind: 'movement';
  readonly measure: Measure;
  readonly population: Population;
  readonly quality: Quality;
  readonly mode: TransportMode;
  readonly table: Table;
}

export interface Rescue {
  readonly kind: 'rescue';
  readonly phase: RescuePhase;
  /** Milliseconds since the epoch. */
  readonly positionTime: number;
  readonly position: GeoPoint;
  /** People in distress or aboard; a table by nationality or without a breakdown; never masked. */
  readonly people: Table;
  readonly rescueCentre: string;
  readonly assets: readonly string[];
  readonly placeOfSafety?: Place;
}

export interface Crisis {
  readonly kind: 'crisis';
  readonly hazard: string;
  readonly severity: Severity;
  readonly description: string;
  /** People affected; a table by nationality or without a breakdown; never masked. */
  readonly people: Table;
  readonly sources: readonly string[];
}

export interface Retraction {
  readonly kind: 'retraction';
  readonly reason: string;
}

export type Content = Movement | Rescue | Crisis | Retraction;

/** One version of one report, as its publisher states it. */
export interface Update {
  readonly id: Uuid;
  /** The version it corrects or retracts; 0 for the first. */
  readonly replaces: number;
  readonly place: Place;
  readonly period: Period;
  readonly content: Content;
}

/** What one record of the updates topic holds: 1-256 updates of one series under one handling. */
export interface UpdateBatch {
  readonly owner: AgencyId;
  readonly series: SeriesId;
  readonly category: Category;
  readonly handling: Handling;
  readonly revision: PolicyRevision;
  readonly publisher: ActorRef;
  readonly threshold: number;
  readonly updates: readonly Update[];
}

/** The counts of a report, if it has any: what disclosure control and the origin firewall work on. */
export function tableOf(content: Content): Table | undefined {
  switch (content.kind) {
    case 'movement':
      return content.table;
    case 'rescue':
    case 'crisis':
      return content.people;
    case 'retraction':
      return undefined;
  }
}

/** Whether any count of the batch is broken down by nationality: then CLEAR needs an attestation. */
export const countsNationalities = (updates: readonly Update[]): boolean =>
  updates.some((u) => tableOf(u.content)?.breakdown === 'nationality');


/** All places an update names. */
export const placesOf = ({ place, content }: Update): readonly Place[] =>
  content.kind === 'rescue' && content.placeOfSafety !== undefined ? [place, content.placeOfSafety] : [place];
