import { CorridorError, uuid, type Uuid } from '@corridor/kernel';
import { parseSlug } from '@corridor/runtime';

/** The one id in a name of a collection. @throws CorridorError INVALID_ID naming `field` */
function idIn(name: string, collection: string, field: string): string {
  const [first, id, ...more] = name.split('/');
  if (first !== collection || id === undefined || more.length > 0) {
    throw new CorridorError('INVALID_ID', `${field} must have the form ${collection}/{id}`, { field });
  }
  return id;
}

/** `rules/{rule}` */
export const ruleName = (rule: string): string => `rules/${rule}`;
/** @throws CorridorError INVALID_ID naming `field`, as every parser here */
export const parseRuleName = (name: string, field: string): string => parseSlug(idIn(name, 'rules', field), field);

/** `alerts/{alert}` */
export const alertName = (alert: Uuid): string => `alerts/${alert}`;
export const parseAlertName = (name: string, field: string): Uuid => uuid(idIn(name, 'alerts', field), field);
