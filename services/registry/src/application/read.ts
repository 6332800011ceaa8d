import { prefix, type Documents, type Page, type PagePosition } from '@corridor/documents';
import type { AgencyId } from '@corridor/kernel';
import type { Listed } from '@corridor/runtime';
import type { Agreement } from '../domain/agreement.ts';
import type { Group } from '../domain/group.ts';
import type { Actor, Agency, FocalPoint, Organisation } from '../domain/organisation.ts';
import { unknownAgreement } from './change-agreement.ts';
import { unknownGroup } from './change-group.ts';
import { requireOwn } from './change-organisation.ts';
import { boundPrefix, memberPrefix } from './collections.ts';
import type { By, Registry } from './registry.ts';

const EVERYTHING = { from: '' };
const GROUPS_AT_A_TIME = 500;

/** The agencies in the order of their ids; the operator is none. */
export async function listAgencies(registry: Registry, after: PagePosition | undefined, limit: number): Promise<Listed<Agency>> {
  const page = await registry.organisations.page('agencies', EVERYTHING, after, limit);
  return { ...page, items: page.items.flatMap(({ doc: { agency } }) => (agency === undefined ? [] : [agency])) };
}

/** The actors of the caller's own agency in the order of their ids. @throws PERMISSION_DENIED */
export async function listActors(
  registry: Registry,
  by: By,
  id: AgencyId,
  after: PagePosition | undefined,
  limit: number,
): Promise<Listed<Actor>> {
  requireOwn(by, id);
  return cut((await organisationOf(registry, id))?.actors.values() ?? [], after, limit);
}

/** The focal points of an agency in the order of their ids; an unknown agency has none. */
export async function listFocalPoints(
  registry: Registry,
  id: AgencyId,
  after: PagePosition | undefined,
  limit: number,
): Promise<Listed<FocalPoint>> {
  return cut((await organisationOf(registry, id))?.focalPoints.values() ?? [], after, limit);
}

/** An agreement that binds the caller's agency, or any for an operator. @throws NOT_FOUND */
export async function getAgreement(registry: Registry, by: By, id: string): Promise<Agreement> {
  const agreement = (await registry.agreements.get(id))?.doc;
  const group = agreement?.group === undefined ? undefined : (await registry.groups.get(agreement.group))?.doc;
  const bound = agreement?.parties.includes(by.agency) === true || group?.members.includes(by.agency) === true;
  if (agreement === undefined || !(bound || by.roles.has('operator'))) throw unknownAgreement();
  return agreement;
}

/**
 * The agreements that bind the caller's agency, first as a party and then group by group; for an operator all.
 */
export async function listAgreements(
  registry: Registry,
  by: By,
  after: PagePosition | undefined,
  limit: number,
): Promise<Listed<Agreement>> {
  if (by.roles.has('operator')) return contentOf(await registry.agreements.page('all', EVERYTHING, after, limit));
  const groups = await groupsOf(registry, by.agency);
  const sections = [boundPrefix({ agency: by.agency }), ...groups.map((group) => boundPrefix({ group }))];
  const items: Agreement[] = [];
  for (const section of sections) {
    const range = prefix(section);
    if (after !== undefined && range.to !== undefined && range.to <= after.key) continue;
    let position: PagePosition | undefined = after?.key.startsWith(section) === true ? after : undefined;
    do {
      const page: Page<Agreement> = await registry.agreements.page('bound', range, position, limit - items.length);
      const asMember = section !== sections[0];
      items.push(...page.items.map(({ doc }) => doc).filter(({ parties }) => !(asMember && parties.includes(by.agency))));
      position = page.next;
      if (items.length === limit) return { items, next: position ?? { key: range.to ?? section, id: '' } };
    } while (position !== undefined);
  }
  return { items };
}

/** A group the caller's agency is a member of, or any for an operator. @throws NOT_FOUND */
export async function getGroup(registry: Registry, by: By, id: string): Promise<Group> {
  const group = (await registry.groups.get(id))?.doc;
  if (group === undefined || !(group.members.includes(by.agency) || by.roles.has('operator'))) throw unknownGroup();
  return group;
}

/** The groups the caller's agency is a member of, in the order of their ids; for an operator all. */
export async function listGroups(
  registry: Registry,
  by: By,
  after: PagePosition | undefined,
  limit: number,
): Promise<Listed<Group>> {
  if (by.roles.has('operator')) return contentOf(await registry.groups.page('all', EVERYTHING, after, limit));
  return contentOf(await registry.groups.page('members', prefix(memberPrefix(by.agency)), after, limit));
}

const organisationOf = async ({ organisations }: { readonly organisations: Documents<Organisation> }, id: AgencyId) =>
  (await organisations.get(id))?.doc;

/** Ids of the groups an agency is a member of, in their order. */
async function groupsOf(registry: Registry, agency: AgencyId): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: PagePosition | undefined;
  do {
    const page: Page<Group> = await registry.groups.page('members', prefix(memberPrefix(agency)), after, GROUPS_AT_A_TIME);
    ids.push(...page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

const contentOf = <T>({ items, next }: Page<T>): Listed<T> => ({
  items: items.map(({ doc }) => doc),
  ...(next === undefined ? {} : { next }),
});

/** A page of what stands in one document. */
function cut<T extends { readonly id: string }>(all: Iterable<T>, after: PagePosition | undefined, limit: number): Listed<T> {
  const rest = [...all].filter(({ id }) => after === undefined || id > after.key).sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, ...(last === undefined || rest.length === items.length ? {} : { next: { key: last.id, id: last.id } }) };
}
