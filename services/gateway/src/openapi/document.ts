import type { FileRegistry, JsonObject } from '@bufbuild/protobuf';
import { commentOf } from '../contract/comments.ts';
import { contractsIn } from '../contract/contracts.ts';
import { API, type Operation, operationsOf } from '../contract/operations.ts';
import { queryFields } from '../contract/query.ts';
import { SESSION_COOKIE } from '../session/sealed-sessions.ts';
import { NODE_PATHS, NODE_SCHEMAS, REFUSED } from './node-paths.ts';
import { itemSchema, referenceTo, schemasOf } from './schemas.ts';

/** The OpenAPI 3.1 document of the JSON API over the contracts in a serialised FileDescriptorSet. */
export function openApiDocument(descriptors: Uint8Array): JsonObject {
  const contracts = contractsIn(descriptors);
  const operations = operationsOf(contracts);
  const bodies = operations.filter(({ verb }) => verb === 'POST').map(({ input }) => input);
  const schemas = schemasOf(bodies, operations.map(({ output }) => output), contracts);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Corridor',
      version: 'v1',
      summary: 'The JSON API of a Corridor node.',
      description: 'Derived from the gRPC contracts `corridor.*.v1`: every RPC by its name, messages in the protobuf JSON mapping.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ cookie: [] }, { bearer: [] }],
    tags: [
      { name: 'session', description: 'Signing in and out.' },
      { name: 'status', description: 'How the node is.' },
      ...tagsOf(operations),
    ],
    paths: { ...NODE_PATHS, ...Object.fromEntries(operations.map((operation) => [operation.path, { [operation.verb.toLowerCase()]: pathOf(operation, contracts) }])) },
    components: {
      securitySchemes: {
        cookie: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: `For browsers: given by POST ${API}/session.` },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'For programs: a token of RegistryService.IssueToken.' },
      },
      schemas: { ...NODE_SCHEMAS, ...schemas, ...enumsOfQueries(operations, contracts) },
    },
  };
}

const contextOf = ({ id }: Operation): string => id.slice(0, id.indexOf('/'));

const tagsOf = (operations: readonly Operation[]): JsonObject[] =>
  [...new Map(operations.map((operation) => [contextOf(operation), operation.method.parent]))].map(([name, service]) => ({ name, description: commentOf(service) }));

function pathOf(operation: Operation, contracts: FileRegistry): JsonObject {
  const { id, verb, method, input, output, answers } = operation;
  return {
    operationId: id,
    tags: [contextOf(operation)],
    summary: commentOf(method),
    ...(verb === 'POST' ? { requestBody: { required: true, content: { 'application/json': { schema: referenceTo(input) } } } } : { parameters: parametersOf(operation, contracts) }),
    responses: {
      200:
        answers === 'once'
          ? { description: commentOf(output), content: { 'application/json': { schema: referenceTo(output) } } }
          : { description: eventsOf(operation), content: { 'text/event-stream': { schema: { type: 'string' } } } },
      default: REFUSED,
    },
  };
}

function parametersOf({ input, answers }: Operation, contracts: FileRegistry): JsonObject[] {
  const named = queryFields(input).map(({ name, field }) => ({
    name,
    in: 'query',
    description: commentOf(field),
    ...(field.fieldKind === 'list' ? { explode: true, schema: { type: 'array', items: itemSchema(field, contracts) } } : { schema: itemSchema(field, contracts) }),
  }));
  if (answers === 'once') return named;
  return [...named, { name: 'Last-Event-ID', in: 'header', description: 'The id of the last event that was received: the stream goes on behind it.', schema: { type: 'string' } }];
}

/** What a stream sends: a choice of its message is an event of that name. */
function eventsOf({ output }: Operation): string {
  const events = output.oneofs.flatMap(({ fields }) => fields).map((field) => `\`${field.jsonName}\` (${field.message?.typeName ?? ''}): ${commentOf(field)}`);
  return ['Server-Sent Events; the data of each are JSON, the id of a mark is the cursor to go on from.', ...events, '`refusal` (Refusal): why the stream ends for good; without one, connect again.'].join(' ');
}

/** Enums that only queries name. */
function enumsOfQueries(operations: readonly Operation[], contracts: FileRegistry): JsonObject {
  const read = operations.filter(({ verb }) => verb === 'GET').map(({ input }) => input);
  return Object.fromEntries(Object.entries(schemasOf(read, [], contracts)).filter(([, schema]) => typeof schema === 'object' && schema !== null && 'enum' in schema));
}
