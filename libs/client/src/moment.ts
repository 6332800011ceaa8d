/**
 * A moment from an ISO 8601 date or date and time; without a zone it is UTC. Undefined for anything else, and for a date
 * that no calendar has.
 */
export function momentOf(text: string): Date | undefined {
  const [, year, month, day, time = 'T00:00:00', zone = 'Z'] =
    /^(\d{4})-(\d\d)-(\d\d)(?:(T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = new Date(`${year}-${month}-${day}${time}${zone}`);
  // The engine takes the 30th of February for the 1st or 2nd of March.
  const isDate = new Date(`${year}-${month}-${day}T00:00:00Z`).toJSON()?.startsWith(`${year}-${month}-${day}`) === true;
  return isDate && !Number.isNaN(date.getTime()) ? date : undefined;
}
