import type { PublishAck, UpdateReceipt } from '@corridor/contracts/hub/v1/hub';
import { CorridorError } from '@corridor/kernel';
import { itemErrorTo, positionTo, updateName } from '@corridor/runtime';
import type { PublishCommand, Published } from '../application/publish-updates.ts';
import type { FoldedUpdate } from '../domain/folded-record.ts';

/** One receipt for each update of a published batch. */
export const receiptsTo = (command: PublishCommand, published: Published): readonly UpdateReceipt[] =>
  published.updates.map((folded, index) => receiptTo(command, published, folded, index));

/** The acknowledgement of one message of a stream: receipts only where the plain rule does not hold. */
export const ackTo = (sequence: bigint, command: PublishCommand, published: Published): PublishAck => ({
  sequence,
  position: positionTo(published),
  exceptions: published.updates.flatMap((folded, index) =>
    folded.outcome.kind === 'accepted' ? [] : [receiptTo(command, published, folded, index)],
  ),
  error: undefined,
});

/** The acknowledgement of a message that was refused as a whole. */
export const refusalTo = (sequence: bigint, error: unknown): PublishAck => ({
  sequence,
  position: undefined,
  exceptions: [],
  error: itemErrorTo(error),
});

function receiptTo({ owner, series }: PublishCommand, published: Published, { update, outcome }: FoldedUpdate, index: number): UpdateReceipt {
  const name = updateName({ owner, series, update: update.id });
  switch (outcome.kind) {
    case 'accepted':
      return { name, version: outcome.version, repeatedUpdate: false, position: positionTo(published), index, error: undefined };
    case 'repeat':
      return { name, version: outcome.version, repeatedUpdate: true, position: positionTo(outcome.at), index: outcome.at.index, error: undefined };
    case 'lost':
      return { name, version: 0, repeatedUpdate: false, position: undefined, index, error: itemErrorTo(lost(outcome.reason)) };
  }
}

const lost = (reason: 'ALREADY_EXISTS' | 'VERSION_CONFLICT'): CorridorError =>
  reason === 'ALREADY_EXISTS'
    ? new CorridorError(reason, 'the update id is taken by other content')
    : new CorridorError(reason, 'replaces_version is not the current version of the report');
