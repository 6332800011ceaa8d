import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { TopicSpec } from '../event-log.ts';
import type { KafkaHappening } from './connection.ts';
import { kafkaBrokers, KafkaFixture } from './engines.testing.ts';

const DEADLINE = { timeout: 30_000, interval: 20 };
const topic = (partitions: number): TopicSpec => ({ name: `test.${randomUUID()}`, partitions, retention: 'forever' });
const handle = async (): Promise<void> => undefined;

describe.each(kafkaBrokers)('a replica of a group at %s', (broker) => {
  it('that has a stable name goes on with its partitions after a restart, of which the others see nothing', async () => {
    const spec = topic(4);
    const happened: Record<string, KafkaHappening[]> = { a: [], b: [] };
    const options = (member: string) => ({ member, observe: (happening: KafkaHappening) => void happened[member]?.push(happening) });
    const partitions = (member: string): readonly number[] => (happened[member] ?? []).flatMap((each) => (each.kind === 'rebalanced' ? [each.partitions] : [])).at(-1) ?? [];
    const fixture = await KafkaFixture.open(broker, [spec], options('a'));
    const a = fixture.log.consume(spec.name, 'g', handle);
    const before = await fixture.another(options('b'));
    const b = before.consume(spec.name, 'g', handle);
    await vi.waitFor(() => expect([partitions('a'), partitions('b')]).toEqual([[0, 2], [1, 3]]), DEADLINE);
    const seenByA = happened['a']?.length;
    await b.stop();
    await before.close();
    happened['b'] = [];
    const after = await fixture.another(options('b'));
    const again = after.consume(spec.name, 'g', handle);
    await vi.waitFor(() => expect(partitions('b')).toEqual([1, 3]), DEADLINE);
    expect(happened['a']).toHaveLength(seenByA ?? -1);
    await Promise.all([a.stop(), again.stop()]);
    await fixture.dispose();
  });

  it('ends when another one comes that has the same name', async () => {
    const spec = topic(2);
    const joined = vi.fn<() => void>();
    const options = { member: 'the same', observe: ({ kind }: KafkaHappening) => void (kind === 'rebalanced' && joined()) };
    const fixture = await KafkaFixture.open(broker, [spec], options);
    const first = fixture.log.consume(spec.name, 'g', handle);
    await vi.waitFor(() => expect(joined).toHaveBeenCalledOnce(), DEADLINE);
    const second = (await fixture.another()).consume(spec.name, 'g', handle);
    await expect(first.done).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
    await second.stop();
    await fixture.dispose();
  });

  it('stops at once while another one keeps the group waiting', async () => {
    const spec = topic(1);
    const fixture = await KafkaFixture.open(broker, [spec]);
    const [began, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = fixture.log.consume(spec.name, 'g', async () => {
      began.resolve();
      await gate.promise;
    });
    await fixture.log.append(spec.name, [{ key: 'k', envelope: Buffer.from('x'), headers: {} }]);
    await began.promise;
    const waiting = (await fixture.another()).consume(spec.name, 'g', handle);
    await fixture.administer(async (admin) => {
      const groups = async (): Promise<readonly string[]> => (await admin.describeGroups([`g@${spec.name}`])).groups.map(({ state }) => state);
      await vi.waitFor(async () => expect(await groups()).toEqual(['PreparingRebalance']), DEADLINE);
    });
    await waiting.stop();
    gate.resolve();
    await vi.waitFor(async () => expect(await fixture.log.positions(spec.name, 'g')).toEqual([1]), DEADLINE);
    await slow.stop();
    await fixture.dispose();
  });

  it('has nothing to do, and takes over, where there are more replicas than partitions', async () => {
    const spec = topic(1);
    const fixture = await KafkaFixture.open(broker, [spec]);
    const handled: string[] = [];
    const consumers = [fixture.log, await fixture.another()].map((log, i) => log.consume(spec.name, 'g', async (records) => void handled.push(...records.map(({ key }) => `${i} ${key}`))));
    await fixture.log.append(spec.name, [{ key: 'first', envelope: Buffer.from('x'), headers: {} }]);
    await vi.waitFor(() => expect(handled).toHaveLength(1), DEADLINE);
    const one = handled[0]?.startsWith('0') === true ? 0 : 1;
    await consumers[one]?.stop();
    await fixture.log.append(spec.name, [{ key: 'second', envelope: Buffer.from('x'), headers: {} }]);
    await vi.waitFor(() => expect(handled.at(-1)).toBe(`${1 - one} second`), DEADLINE);
    await consumers[1 - one]?.stop();
    await fixture.dispose();
    expect(handled).toHaveLength(2);
  });
});
