import { z } from 'zod';
import { Me, SignedOut, SignInAnswer, SignInQuery } from '../session.ts';
import { Servers } from '../status.ts';
import { operation } from './define.ts';

export const live = operation({
  id: 'live',
  method: 'GET',
  path: '/health/live',
  tag: 'health',
  etag: false,
  summary: 'Whether this process answers and its event loop keeps up',
  answers: { 200: z.object({ status: z.literal('up') }), 503: z.object({ status: z.literal('overloaded') }) },
});
export const ready = operation({
  id: 'ready',
  method: 'GET',
  path: '/health/ready',
  tag: 'health',
  etag: false,
  summary: 'Whether Kafka, Temporal and MongoDB answer; says which does not',
  answers: {
    200: z.object({ status: z.literal('ready'), servers: Servers }),
    503: z.object({ status: z.literal('not-ready'), servers: Servers }),
  },
});
export const openApi = operation({
  id: 'openApi',
  method: 'GET',
  path: '/api/openapi.json',
  tag: 'health',
  summary: 'This document',
  answers: { 200: z.record(z.string(), z.unknown()) },
});
export const signIn = operation({
  id: 'signIn',
  method: 'GET',
  path: '/auth/login',
  tag: 'sign-in',
  summary: 'Sends the browser to the identity issuer (authorization code with PKCE)',
  query: SignInQuery,
  answers: { 302: null },
});
export const signInCallback = operation({
  id: 'signInCallback',
  method: 'GET',
  path: '/auth/callback',
  tag: 'sign-in',
  summary: 'Where the issuer sends the browser back; opens the session',
  query: SignInAnswer,
  answers: { 200: null },
  answerType: 'text/html',
});
export const signOut = operation({
  id: 'signOut',
  method: 'POST',
  path: '/auth/logout',
  tag: 'sign-in',
  idempotent: false,
  summary: 'Ends the session',
  answers: { 200: SignedOut },
});
export const me = operation({
  id: 'me',
  method: 'GET',
  path: '/api/v1/me',
  tag: 'sign-in',
  summary: 'Who is signed in, in which role, for which firms',
  answers: { 200: Me },
});
