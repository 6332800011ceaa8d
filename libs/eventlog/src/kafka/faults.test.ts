import { CorridorError } from '@corridor/kernel';
import kafkajs from 'kafkajs';
import errors from 'kafkajs/src/protocol/error.js';
import { describe, expect, it } from 'vitest';
import { faultName, isPassingFault, refusalOf } from './faults.ts';

const ILLEGAL_SASL_STATE = 34;
/** As kafkajs makes it; by its types, its own class takes no message. */
const login = (outcome: string): Error => Object.assign(new kafkajs.KafkaJSNonRetriableError(`SASL SCRAM SHA256 authentication failed: ${outcome}`), { name: 'KafkaJSSASLAuthenticationError' });

describe('a login', () => {
  it.each(['Closed connection', 'Connection error: read ECONNRESET', 'Connection timeout', 'Not connected', 'Let go', 'Request SaslAuthenticate(key: 36, version: 1) timed out'])(
    'that broke off (%s) passes',
    (outcome) => {
      expect(isPassingFault(login(outcome))).toBe(true);
      expect(refusalOf(login(outcome))).toMatchObject({ reason: 'UNAVAILABLE' });
    },
  );

  it('that was refused does not', () => {
    const refused = login('Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-256');
    expect(isPassingFault(refused)).toBe(false);
    expect(refusalOf(refused)).toMatchObject({ reason: 'CONFIG_INVALID' });
  });

  it('over a connection that closes passes', () => {
    expect(isPassingFault(errors.createErrorFromCode(ILLEGAL_SASL_STATE))).toBe(true);
  });
});

it('is called by the name that the broker has for it also where the port has told it', () => {
  const FENCED_INSTANCE_ID = 82;
  const fenced = errors.createErrorFromCode(FENCED_INSTANCE_ID);
  expect(faultName(refusalOf(fenced))).toBe('FENCED_INSTANCE_ID');
  expect(faultName(new CorridorError('UNAVAILABLE', 'without a fault'))).toBe('UNAVAILABLE');
});
