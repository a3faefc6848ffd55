import { z } from 'zod';
import { hasETag, isIdempotent, OPERATIONS, type Operation } from './api/operations/index.ts';
import { WebhookMessage } from './api/webhooks.ts';
import { ERROR_CODES } from './errors.ts';

/** What an interface document says about a refusal; the catalogue is docs/errors.md. */
const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(ERROR_CODES),
  detail: z.string(),
  detailZh: z.string().optional(),
  remedy: z.string(),
  retryable: z.boolean(),
  instance: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of the HTTP interface, from the same schemas that the routes check with. */
export function openApiDocument(operations: readonly Operation[] = OPERATIONS): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = describe(operation);
    paths[operation.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Chainlight',
      version: '1',
      description:
        'Every refusal is a problem document (RFC 9457) with a code of the catalogue. Who may use which operation: docs/security.md.',
    },
    components: {
      schemas: { Problem: schemaOf(Problem, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'chainlight_session' },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
    security: [{ session: [] }, { token: [] }],
    paths,
    webhooks: { onboardingStatusChanged: { post: describeMessage() } },
  };
}

function describe(operation: Operation): Json {
  const isPublic = operation.tag === 'health' || operation.path.startsWith('/auth/');
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    ...(isPublic ? { security: [] } : {}),
    parameters: [
      ...parametersOf(operation.params, 'path'),
      ...parametersOf(operation.query, 'query'),
      ...(isIdempotent(operation)
        ? [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: false,
              schema: { type: 'string', maxLength: 100 },
            },
          ]
        : []),
      ...(hasETag(operation)
        ? [{ name: 'If-None-Match', in: 'header', required: false, schema: { type: 'string' } }]
        : []),
      ...(operation.restsOn
        ? [
            {
              name: 'If-Match',
              in: 'header',
              required: false,
              description: `ETag of \`${operation.restsOn.read}\`: the act is refused with 412 where that has changed`,
              schema: { type: 'string' },
            },
          ]
        : []),
    ],
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: contentOf(
              operation.bodyTypes ?? ['application/json'],
              schemaOf(operation.body, 'input'),
            ),
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, schema]) => [status, answerOf(operation, schema)]),
      ),
      ...(hasETag(operation) ? { 304: { description: 'Unchanged' } } : {}),
      default: {
        description: 'Refused',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

/** What this product sends, and a receiver answers. */
const describeMessage = (): Json => ({
  operationId: 'onboardingStatusChanged',
  summary:
    'Sent to each webhook whose owner may see the onboarding; signed by the Standard Webhooks specification',
  tags: ['webhooks'],
  security: [],
  parameters: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
    name,
    in: 'header',
    required: true,
    schema: { type: 'string' },
  })),
  requestBody: {
    required: true,
    content: contentOf(['application/cloudevents+json'], schemaOf(WebhookMessage, 'output')),
  },
  responses: {
    '2XX': { description: 'Taken; all else is sent again later' },
    410: { description: 'Never to be sent again: the webhook ends' },
  },
});

function answerOf(operation: Operation, schema: z.ZodType | null): Json {
  if (schema !== null)
    return { description: 'Answer', content: contentOf(['application/json'], schemaOf(schema, 'output')) };
  return operation.answerType === undefined
    ? { description: 'Redirect' }
    : { description: 'Answer', content: contentOf([operation.answerType], { type: 'string' }) };
}

const contentOf = (types: readonly string[], schema: Json): Json =>
  Object.fromEntries(types.map((type) => [type, { schema }]));

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}
