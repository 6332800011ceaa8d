import { setTimeout as timeout } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { faultName } from './faults.ts';
import type { Membership, Wire } from './wire.ts';

/** Members tell that they live this often; one that has not for as long as a session lasts loses its partitions. */
const HEARTBEAT_MS = 500;
const SESSION_MS = 10_000;
/** For how long a rebalance waits for a member that is still handling a batch. */
const REBALANCE_MS = 60_000;
/** How partitions are shared out: every member knows it, and no other client is in our groups. */
const PROTOCOL = 'corridor-by-number';

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;

/** What a group is called on the cluster: the port's groups have a position per topic and know nothing of one another. */
const kafkaGroup = (topic: string, group: string): string => `${group}@${topic}`;

/** Whether a group of the cluster is one of the port's on this topic. */
export const isGroupOf = (groupId: string, topic: string): boolean => groupId.endsWith(`@${topic}`);

/** What a member got in a rebalance. */
export interface Assigned extends Membership {
  readonly partitions: readonly number[];
}

/** One member of a group on one topic (the classic protocol of Kafka, eager). It reads nothing. */
export class GroupMember {
  readonly groupId: string;
  readonly #wire: Wire;
  readonly #topic: string;
  readonly #partitions: number;
  /** Stable name over restarts (KIP-345): a replica that is back within the session gets its partitions again, without a rebalance. */
  readonly #instance: string | null;
  #memberId = '';
  #node: number | undefined;

  constructor(wire: Wire, topic: { readonly name: string; readonly partitions: number }, group: string, instance: string | undefined) {
    this.groupId = kafkaGroup(topic.name, group);
    this.#wire = wire;
    this.#topic = topic.name;
    this.#partitions = topic.partitions;
    this.#instance = instance ?? null;
  }

  /** Waits until the group has shared out the partitions anew. Call it again when it fails for a passing reason. */
  async join(): Promise<Assigned> {
    try {
      const node = await this.#coordinator();
      const request = {
        groupId: this.groupId,
        sessionTimeout: SESSION_MS,
        rebalanceTimeout: REBALANCE_MS,
        groupInstanceId: this.#instance,
        protocolType: 'consumer',
        groupProtocols: [{ name: PROTOCOL, metadata: MemberMetadata.encode({ version: 0, topics: [this.#topic], userData: Buffer.alloc(0) }) }],
      };
      let joined = await this.#wire.join(node, { ...request, memberId: this.#memberId });
      // A new member is first told its id, so that one that gives up joining is not waited for.
      this.#memberId = joined.memberId;
      if (joined.errorCode !== 0) joined = await this.#wire.join(node, { ...request, memberId: joined.memberId });
      const { memberId, generationId, leaderId, members } = joined;
      this.#memberId = memberId;
      const groupAssignment = memberId === leaderId ? this.#shareOut(members) : [];
      const assignment = await this.#wire.sync(node, { groupId: this.groupId, generationId, memberId, groupInstanceId: this.#instance, groupAssignment });
      return { memberId, generation: generationId, partitions: MemberAssignment.decode(assignment)?.assignment[this.#topic] ?? [] };
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  /** Tells that it lives until it is stopped or the membership ends. Resolves to whether positions can still be kept. */
  async live(membership: Membership, signal: AbortSignal): Promise<'stopped' | 'rebalancing' | 'lost'> {
    for (let since = performance.now(); ; ) {
      await timeout(HEARTBEAT_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return 'stopped';
      try {
        await this.#wire.heartbeat(await this.#coordinator(), this.groupId, membership, this.#instance);
        since = performance.now();
      } catch (error) {
        this.#failed(error);
        const fault = faultName(error);
        if (fault === 'REBALANCE_IN_PROGRESS') return 'rebalancing';
        if (MEMBERSHIP_ENDED.test(fault) || performance.now() - since > SESSION_MS) return 'lost';
      }
    }
  }

  async commit(membership: Membership, positions: ReadonlyMap<number, number>): Promise<void> {
    try {
      await this.#wire.commit(await this.#coordinator(), this.groupId, membership, this.#topic, positions);
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  /** The position of each partition; 0 where there is none. */
  async positions(partitions: readonly number[]): Promise<Map<number, number>> {
    try {
      const kept = await this.#wire.committed(await this.#coordinator(), this.groupId, this.#topic, partitions);
      return new Map(partitions.map((partition) => [partition, Math.max(0, kept.get(partition) ?? 0)]));
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  /** Gives up its partitions at once. One with a stable name keeps them for a session, in which it is expected back. */
  async leave(): Promise<void> {
    if (this.#instance !== null || this.#memberId === '') return;
    await this.#wire.leave(await this.#coordinator(), this.groupId, this.#memberId);
  }

  async #coordinator(): Promise<number> {
    this.#node ??= await this.#wire.coordinator(this.groupId);
    return this.#node;
  }

  #failed(error: unknown): void {
    const fault = faultName(error);
    if (fault === 'UNKNOWN_MEMBER_ID') this.#memberId = '';
    if (!IN_GROUP.test(fault)) this.#node = undefined;
  }

  /** Partition by partition to the members in the order of their names: the same members get the same. */
  #shareOut(members: readonly { readonly memberId: string; readonly groupInstanceId: string | null }[]): { memberId: string; memberAssignment: Buffer }[] {
    const ordered = members.toSorted((a, b) => compare(a.groupInstanceId ?? a.memberId, b.groupInstanceId ?? b.memberId));
    const all = Array.from({ length: this.#partitions }, (_, partition) => partition);
    return ordered.map(({ memberId }, place) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({
        version: 0,
        assignment: { [this.#topic]: all.filter((partition) => partition % ordered.length === place) },
        userData: Buffer.alloc(0),
      }),
    }));
  }
}

/** Faults after which the member is no member any more, or its partitions are somebody else's. */
const MEMBERSHIP_ENDED = /^(UNKNOWN_MEMBER_ID|ILLEGAL_GENERATION|FENCED_INSTANCE_ID)$/;
/** Faults that the right coordinator answers. */
const IN_GROUP = /^(REBALANCE_IN_PROGRESS|UNKNOWN_MEMBER_ID|ILLEGAL_GENERATION|FENCED_INSTANCE_ID)$/;

/** Whether a member that fails so has to join again. */
export const hasToJoinAgain = (error: unknown): boolean => {
  const fault = faultName(error);
  return fault !== 'FENCED_INSTANCE_ID' && IN_GROUP.test(fault);
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
