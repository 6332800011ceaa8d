import { create, type DescMessage, fromBinary, toBinary, toJson } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { builtDescriptors, contractsIn } from './contracts.ts';
import { jsonAnswers } from './json-answer.ts';
import { requestOfBody, requestOfJson } from './json-request.ts';
import { requestOfQuery } from './query.ts';

const contracts = contractsIn(builtDescriptors());
const type = (name: string): DescMessage => contracts.getMessage(`corridor.${name}`) ?? expect.fail(`there is no ${name}`);
const LIST = type('hub.v1.ListUpdatesRequest');
const PUBLISH = type('hub.v1.PublishRequest');

const query = (text: string, of = LIST) => toJson(of, fromBinary(of, requestOfQuery(of, new URLSearchParams(text))));
const body = (text: string, of = PUBLISH) => toJson(of, fromBinary(of, requestOfBody(of, Buffer.from(text))));

describe('a query', () => {
  it('names fields, those of messages by dots, lists by repetition, enums with or without their prefix', () => {
    const read = query('purpose=early-warning&filter.areas=ITA&filter.areas=GRC&filter.categories=MOVEMENT&filter.categories=CATEGORY_RESCUE&pageSize=7');
    expect(read).toEqual({
      purpose: 'PURPOSE_EARLY_WARNING',
      filter: { areas: ['ITA', 'GRC'], categories: ['CATEGORY_MOVEMENT', 'CATEGORY_RESCUE'] },
      pageSize: 7,
    });
  });

  it('carries numbers of 64 bits, true and false, times and bytes', () => {
    expect(query('firstSize=18446744073709551615', type('audit.v1.GetConsistencyProofRequest'))).toEqual({ firstSize: '18446744073709551615' });
    expect(query('newest=true', type('audit.v1.GetCheckpointRequest'))).toEqual({ newest: true });
    expect(query('name=x&asOf=2026-01-02T03:04:05Z', type('followup.v1.GetRecommendationRequest'))).toEqual({ name: 'x', asOf: '2026-01-02T03:04:05Z' });
    expect(query('cursor=_-8', type('hub.v1.SubscribeRequest'))).toEqual({ cursor: '/+8=' });
  });

  it.each([
    ['nonsense=1', 'INVALID_ARGUMENT', 'nonsense'],
    ['filter=x', 'INVALID_ARGUMENT', 'filter'],
    ['filter.nonsense=x', 'INVALID_ARGUMENT', 'filter.nonsense'],
    ['__proto__.x=1', 'INVALID_ARGUMENT', '__proto__.x'],
    ['pageSize=1&pageSize=2', 'INVALID_ARGUMENT', 'pageSize'],
    ['pageSize=many', 'INVALID_ARGUMENT', 'page_size'],
    ['pageSize=', 'INVALID_ARGUMENT', 'page_size'],
    ['pageSize=4294967296', 'INVALID_ARGUMENT', 'page_size'],
    ['purpose=curiosity', 'UNKNOWN_ENUM_VALUE', 'purpose'],
    ['purpose=', 'UNKNOWN_ENUM_VALUE', 'purpose'],
  ])('is refused as %s', (text, reason, field) => {
    expect(() => query(text)).toThrow(expect.objectContaining({ reason, metadata: expect.objectContaining({ field }) }));
  });

  it('says true or false in no other words', () => {
    expect(() => query('newest=1', type('audit.v1.GetCheckpointRequest'))).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
  });
});

describe('a body', () => {
  it('is the protobuf JSON mapping of the request', () => {
    const given = { series: 'agencies/a/series/b', category: 'CATEGORY_MOVEMENT', seenRevision: { registry: '9007199254740993' }, maskThreshold: 12 };
    expect(body(JSON.stringify(given))).toEqual(given);
  });

  it.each([
    ['', 'INVALID_ARGUMENT', {}],
    ['{', 'INVALID_ARGUMENT', {}],
    ['[]', 'INVALID_ARGUMENT', {}],
    ['null', 'INVALID_ARGUMENT', {}],
    ['"text"', 'INVALID_ARGUMENT', {}],
    ['{"nonsense": 1}', 'INVALID_ARGUMENT', { field: 'nonsense' }],
    ['{"__proto__": {}}', 'INVALID_ARGUMENT', { field: '__proto__' }],
    ['{"series": 7}', 'INVALID_ARGUMENT', { field: 'series' }],
    ['{"series": "a", "series": "b"}', 'INVALID_ARGUMENT', {}],
    ['{"maskThreshold": "many"}', 'INVALID_ARGUMENT', { field: 'mask_threshold' }],
    ['{"maskThreshold": -1}', 'INVALID_ARGUMENT', { field: 'mask_threshold' }],
    ['{"maskThreshold": 1.5}', 'INVALID_ARGUMENT', { field: 'mask_threshold' }],
    ['{"seenRevision": {"registry": 9007199254740993}}', 'INVALID_ARGUMENT', {}],
    ['{"updates": {}}', 'INVALID_ARGUMENT', { field: 'updates' }],
    ['{"updates": [7]}', 'INVALID_ARGUMENT', {}],
    ['{"updates": [{"movement": {}, "retraction": {}}]}', 'INVALID_ARGUMENT', { field: 'content' }],
    ['{"updates": [{"period": {"start": "yesterday"}}]}', 'INVALID_ARGUMENT', {}],
    ['{"category": "GOSSIP"}', 'UNKNOWN_ENUM_VALUE', { enum: 'corridor.common.v1.Category' }],
    ['{"category": true}', 'UNKNOWN_ENUM_VALUE', { enum: 'corridor.common.v1.Category' }],
  ])('is refused as %s', (text, reason, metadata) => {
    expect(() => body(text)).toThrow(expect.objectContaining({ reason, metadata }));
  });

  it('is refused when it is not UTF-8', () => {
    expect(() => requestOfBody(PUBLISH, Buffer.from('7b22736572696573223a22ff227d', 'hex'))).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT', message: 'the body is not UTF-8' }));
  });

  it('is refused without a word of what it held', () => {
    for (const text of ['{"series": ["Maria"]}', '{"category": "Maria"}', '{"updates": [{"period": {"start": "Maria"}}]}', '{"updates": "Maria"}', '{"seenRevision": {"registry": "Maria"}}', '{"updates": [{"place": {"point": {"latitude": "Maria"}}}]}']) {
      expect(() => body(text)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('Maria') }));
    }
  });
});

describe('an answer', () => {
  const { jsonOf } = jsonAnswers(contracts);
  const json = (of: DescMessage, content: Parameters<typeof requestOfJson>[1]) => jsonOf(of, requestOfJson(of, content));

  it('says zero where it is zero, and leaves out what is unset', () => {
    expect(json(type('hub.v1.ListPlacesResponse'), { places: [{ placeId: 'ITA' }] })).toEqual({
      places: [{ placeId: 'ITA', kind: '', displayName: '', parents: [] }],
      nextPageToken: '',
      gazetteerVersion: '',
    });
    expect(jsonOf(type('hub.v1.GetConsentResponse'), new Uint8Array())).toEqual({});
  });

  it('shows the view that the bytes of a delivery are', () => {
    const view = type('hub.v1.ViewBatch');
    const batch = Buffer.from(requestOfJson(view, { updates: [{ name: 'agencies/a/series/b/updates/c', version: 2 }] })).toString('base64');
    const answer = json(type('hub.v1.SubscribeResponse'), { delivery: { batch, salt: 'AAAA' } });
    expect(answer).toMatchObject({ delivery: { salt: 'AAAA', batch: { updates: [{ name: 'agencies/a/series/b/updates/c', version: 2 }] } } });
  });

  it('shows no view where a preview says that nothing would go out', () => {
    const refused = toBinary(type('hub.v1.PreviewUpdatesResponse'), create(type('hub.v1.PreviewUpdatesResponse')));
    expect(jsonOf(type('hub.v1.PreviewUpdatesResponse'), refused)).toEqual({ entries: [] });
    expect(json(type('hub.v1.PreviewUpdatesResponse'), { entries: [{ recipient: 'agencies/a' }] })).toEqual({
      entries: [{ recipient: 'agencies/a', purpose: 'PURPOSE_UNSPECIFIED', allowed: false, reasons: [] }],
    });
  });
});
