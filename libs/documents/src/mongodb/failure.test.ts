import { CorridorError } from '@corridor/kernel';
import { MongoNetworkError, MongoRuntimeError, MongoServerError, MongoWriteConcernError } from 'mongodb';
import { expect, it } from 'vitest';
import { failure } from './failure.ts';

const answered = (code: number): MongoServerError => new MongoServerError({ message: 'canary', code, op: { b: 'canary' } });

it.each([
  ['UNAVAILABLE', new MongoNetworkError('canary')],
  ['UNAVAILABLE', answered(10_107)],
  ['UNAVAILABLE', answered(11_600)],
  ['UNAVAILABLE', answered(50)],
  ['UNAVAILABLE', answered(1)],
  ['UNAVAILABLE', new MongoWriteConcernError({ ok: 1, writeConcernError: { code: 64, errmsg: 'canary' } })],
  ['STORAGE_FULL', answered(14_031)],
  ['VALUE_TOO_LARGE', answered(10_334)],
  ['CONFIG_INVALID', answered(18)],
  ['CONFIG_INVALID', answered(13)],
  ['INTERNAL', answered(2)],
  ['INTERNAL', new MongoRuntimeError('canary')],
  ['INTERNAL', new TypeError('canary')],
])('%s comes of %o, and carries nothing of it but name and code', (reason, error) => {
  const made = failure(error);
  expect(made.reason).toBe(reason);
  expect(`${made.stack} ${made.message} ${JSON.stringify(made.metadata)} ${String(made.cause)} ${JSON.stringify(made.cause)}`).not.toContain('canary');
  expect(String(made.cause)).toContain(error.name);
});

it('leaves our own errors as they are', () => {
  const own = new CorridorError('QUEUE_FULL', 'too much');
  expect(failure(own)).toBe(own);
});
