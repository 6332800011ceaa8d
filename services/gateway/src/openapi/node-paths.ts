import type { JsonObject } from '@bufbuild/protobuf';
import { REASONS } from '@corridor/kernel';
import { API } from '../contract/operations.ts';
import { SESSION_COOKIE } from '../session/sealed-sessions.ts';

const json = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** How everything is refused. */
export const REFUSED: JsonObject = { description: 'Refused; `reason` says why, `todo` what to do. The HTTP status follows from the reason.', content: json(ref('Refusal')) };

/** What the gateway answers itself, beside the RPCs of the node. */
export const NODE_PATHS: JsonObject = {
  [`${API}/session`]: {
    post: {
      operationId: 'session/sign-in',
      tags: ['session'],
      summary: 'Signs in as an actor of an agency.',
      description: `The session is in the cookie \`${SESSION_COOKIE}\`; it ends with the token that it holds.`,
      security: [],
      requestBody: { required: true, content: json(ref('SignIn')) },
      responses: { 200: { description: 'Signed in.', content: json(ref('Session')) }, default: REFUSED },
    },
    get: {
      operationId: 'session/get',
      tags: ['session'],
      summary: 'Who is signed in, until when, and what is offered to it.',
      responses: { 200: { description: 'The session.', content: json(ref('Session')) }, default: REFUSED },
    },
    delete: {
      operationId: 'session/sign-out',
      tags: ['session'],
      summary: 'Signs out: the cookie is taken back. Needs no session that is still valid.',
      security: [],
      responses: { 204: { description: 'Signed out.' }, default: REFUSED },
    },
  },
  [`${API}/status`]: {
    get: {
      operationId: 'status/get',
      tags: ['status'],
      summary: 'What runs, and how healthy it is. Needs no session; reasons are shown to operators.',
      security: [],
      responses: { 200: { description: 'The state of the node.', content: json(ref('Status')) }, default: REFUSED },
    },
  },
};

const text = (description: string): JsonObject => ({ type: 'string', description });
const texts = (description: string): JsonObject => ({ type: 'array', items: { type: 'string' }, description });
const closed = (description: string, properties: JsonObject, optional: readonly string[] = []): JsonObject => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

export const NODE_SCHEMAS: JsonObject = {
  Refusal: closed('Every refusal has this form.', {
    reason: { type: 'string', enum: Object.keys(REASONS), description: 'A stable name of the reason.' },
    message: text('What is wrong, for a person.'),
    todo: text('What the caller can do about it.'),
    metadata: { type: 'object', additionalProperties: { type: 'string' }, description: 'Facts about it: the field, the limit.' },
  }),
  SignIn: closed('Who signs in.', { actor: text('`agencies/{agency}/actors/{actor}`.'), secret: text('Its secret.') }),
  Session: closed('Who is signed in, and what is offered to it.', {
    actor: text('`agencies/{agency}/actors/{actor}`.'),
    agency: text('`agencies/{agency}`.'),
    agencyState: text('Only an active agency sends or receives.'),
    expireTime: { type: 'string', format: 'date-time', description: 'When the session ends.' },
    roles: { type: 'array', items: ref('SessionRole'), description: 'The roles of the actor.' },
    actions: texts('Every operation that the actor may call now, e.g. `hub/list-updates`.'),
  }),
  SessionRole: closed('A role, and what is offered to those who have it.', { role: text('E.g. `reader`.'), actions: texts('Operations, e.g. `hub/list-updates`.') }),
  Status: closed('The state of the node.', {
    state: { type: 'string', enum: ['up', 'down'], description: 'Up when every part is.' },
    time: { type: 'string', format: 'date-time', description: 'When it was so.' },
    parts: { type: 'array', items: ref('PartStatus'), description: 'What runs.' },
  }),
  PartStatus: closed(
    'The state of a part of the node.',
    { name: text('E.g. `hub`.'), state: { type: 'string', enum: ['up', 'down'], description: 'Whether it works.' }, reason: text('Why it does not; to operators.') },
    ['reason'],
  ),
};
