import { CorridorError } from '@corridor/kernel';
import { begin, count, now, ofMessage, record, secondsSince } from '@corridor/telemetry';
import type { Published, Publishing, PublishCommand } from './publish-updates.ts';

/** Publishes under a span, and measures what became of it. */
export async function watchPublishing({ actor: { agency }, updates }: PublishCommand, publish: () => Promise<Publishing>): Promise<Publishing> {
  const span = begin('publish', { 'corridor.agency': agency, 'corridor.updates': updates.length }, ofMessage());
  const began = now();
  const failed = (error: unknown): never => {
    count('corridor.publish.refused', 1, { 'corridor.reason': CorridorError.from(error).reason });
    span.end(error);
    throw error;
  };
  const done = (published: Published): Published => {
    record('corridor.publish.duration', secondsSince(began), {});
    for (const { outcome } of published.updates) count('corridor.publish.updates', 1, { 'corridor.agency': agency, 'corridor.outcome': outcome.kind });
    span.end();
    return published;
  };
  try {
    const { published } = await span.run(publish);
    return { published: published.then(done, failed) };
  } catch (error) {
    return failed(error);
  }
}
