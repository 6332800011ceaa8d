import { isPartnerTopic } from '@corridor/eventlog';
import { TOPICS } from '@corridor/runtime';

/** Whether the records of a topic become leaves. What is delivered to partners repeats what other topics hold, and has none. */
export const isAudited = (topic: string): boolean => !isPartnerTopic(topic);

/**
 * The agency that a record is about and whose actors may see its proof; undefined when there is none, or when the topic
 * is not one of those that tell. Unknown means nobody.
 */
export function agencyOf(topic: string, key: string): string | undefined {
  switch (topic) {
    case TOPICS.record.name:
      return key;
    case TOPICS.updates.name:
      return key.split('/', 1)[0];
    case TOPICS.registry.name:
    case TOPICS.consents.name:
      return agencyInName(key);
    default:
      return undefined;
  }
}

/** The agency of a resource name `agencies/{agency}` or `agencies/{agency}/...`. */
function agencyInName(name: string): string | undefined {
  const [collection, agency] = name.split('/', 2);
  return collection === 'agencies' ? agency : undefined;
}
