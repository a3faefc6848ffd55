import { z } from 'zod';
import { Uscc } from '../../ids.ts';
import { ActReceipt, ActRequest } from '../acts.ts';
import { ConsentChange, ConsentList, DelegationChange, DelegationGrant } from '../consent.ts';
import { EvidenceHandedIn, EvidenceUpload } from '../evidence.ts';
import { IntakeAnswer, IntakeOptions } from '../intake.ts';
import {
  DeclareRelation,
  LeaderRegistration,
  PlatformRegistration,
  RegisterLeader,
  RegisterPlatform,
  Registration,
} from '../registry.ts';
import { RecordOverride, RevokeOverride, UsccOverrideList } from '../usccOverrides.ts';
import { operation } from './define.ts';

const post = { method: 'POST' } as const;
/** A supplier's decision rests on what it has agreed to so far. */
const restsOn = { read: 'listConsents', from: { supplier: 'supplier' } } as const;

export const registerLeader = operation({
  ...post,
  id: 'registerLeader',
  path: '/api/v1/leaders',
  tag: 'registry',
  summary: 'Registers a chain leader and its sources',
  body: RegisterLeader,
  answers: { 201: LeaderRegistration, 202: LeaderRegistration },
});
export const declareRelation = operation({
  ...post,
  id: 'declareRelation',
  path: '/api/v1/relations',
  tag: 'registry',
  summary: 'Lets a leader speak about a supplier from a day on',
  body: DeclareRelation,
  answers: { 201: Registration, 202: Registration },
});
export const registerPlatform = operation({
  ...post,
  id: 'registerPlatform',
  path: '/api/v1/platforms',
  tag: 'registry',
  summary: 'Makes the topic of an industrial internet platform',
  body: RegisterPlatform,
  answers: { 201: PlatformRegistration },
});
export const recordUsccOverride = operation({
  ...post,
  id: 'recordUsccOverride',
  path: '/api/v1/uscc-overrides',
  tag: 'registry',
  summary:
    'Lets a code in that the registry of firms holds with a wrong check digit, on the registry’s evidence',
  body: RecordOverride,
  answers: { 201: Registration, 202: Registration },
});
export const revokeUsccOverride = operation({
  ...post,
  id: 'revokeUsccOverride',
  path: '/api/v1/uscc-overrides/revocations',
  tag: 'registry',
  summary: 'Refuses a code with a wrong check digit again; what was accepted stays',
  body: RevokeOverride,
  answers: { 201: Registration, 202: Registration },
});
export const listUsccOverrides = operation({
  id: 'listUsccOverrides',
  method: 'GET',
  path: '/api/v1/uscc-overrides',
  tag: 'registry',
  summary: 'Codes with a wrong check digit that are let in, or were',
  answers: { 200: UsccOverrideList },
});
export const act = operation({
  ...post,
  id: 'act',
  path: '/api/v1/onboardings/acts',
  tag: 'onboardings',
  summary: 'What a person does on an onboarding; answered when it is recorded',
  body: ActRequest,
  restsOn: { read: 'supplier', from: { uscc: 'supplierUscc' } },
  answers: { 200: ActReceipt },
});
export const uploadEvidence = operation({
  method: 'POST',
  id: 'uploadEvidence',
  path: '/api/v1/suppliers/{uscc}/evidence',
  tag: 'suppliers',
  summary:
    'Hands in a file, its bytes as the body; the type is told from the content. The same file for the same project twice is one act',
  params: z.object({ uscc: Uscc }),
  query: EvidenceUpload,
  body: z.unknown().meta({ description: 'The file, at most 20 MiB' }),
  bodyTypes: ['application/octet-stream'],
  answers: { 201: EvidenceHandedIn, 202: EvidenceHandedIn },
});
export const listConsents = operation({
  id: 'listConsents',
  method: 'GET',
  path: '/api/v1/consents',
  tag: 'consent',
  summary: 'What suppliers have agreed to show, and whom they let act for them',
  query: z.strictObject({ supplier: z.string().length(18).optional() }),
  answers: { 200: ConsentList },
});
export const grantConsent = operation({
  ...post,
  id: 'grantConsent',
  path: '/api/v1/consents',
  tag: 'consent',
  summary: 'A supplier agrees to show a leader absolute figures',
  body: ConsentChange,
  restsOn,
  answers: { 201: Registration, 202: Registration },
});
export const withdrawConsent = operation({
  ...post,
  id: 'withdrawConsent',
  path: '/api/v1/consents/withdrawals',
  tag: 'consent',
  summary: 'A supplier takes its agreement back',
  body: ConsentChange,
  restsOn,
  answers: { 201: Registration, 202: Registration },
});
export const grantDelegation = operation({
  ...post,
  id: 'grantDelegation',
  path: '/api/v1/delegations',
  tag: 'consent',
  summary: 'A supplier lets a service provider act on its behalf',
  body: DelegationGrant,
  restsOn,
  answers: { 201: Registration, 202: Registration },
});
export const withdrawDelegation = operation({
  ...post,
  id: 'withdrawDelegation',
  path: '/api/v1/delegations/withdrawals',
  tag: 'consent',
  summary: 'A supplier ends a delegation',
  body: DelegationChange,
  restsOn,
  answers: { 201: Registration, 202: Registration },
});
export const sendEvents = operation({
  method: 'POST',
  id: 'sendEvents',
  path: '/api/v1/events',
  tag: 'events',
  summary:
    'CloudEvents over HTTP: structured, binary (`ce-*` headers) or batch. Answered when Kafka has acknowledged what was written',
  query: IntakeOptions,
  body: z.unknown().meta({ description: 'A CloudEvent, its data, or an array of CloudEvents' }),
  bodyTypes: ['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json'],
  answers: { 202: IntakeAnswer, 207: IntakeAnswer, 400: IntakeAnswer, 403: IntakeAnswer, 413: IntakeAnswer },
});
