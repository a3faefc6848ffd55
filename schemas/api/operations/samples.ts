import { z } from 'zod';
import { DrawId } from '../../events/audit.ts';
import { Sha256 } from '../../ids.ts';
import { ActRecorded } from '../findings.ts';
import {
  AttachmentAdded,
  AttachmentQuery,
  FrameQuery,
  PaperActRequest,
  PaperParams,
  SampleDetail,
  SampleFrame,
  SamplePage,
  SampleQuery,
  SampleRequest,
  WorkPaperDetail,
} from '../samples.ts';
import { operation } from './define.ts';

const get = { method: 'GET', tag: 'samples' } as const;
const post = { method: 'POST', tag: 'samples' } as const;
const PAPER = '/api/v1/samples/{drawId}/papers/{uscc}';

export const sampleFrame = operation({
  ...get,
  id: 'sampleFrame',
  path: '/api/v1/sample-frame',
  summary: 'The accepted files that a sample would be drawn from, and how many files which statement needs',
  query: FrameQuery,
  answers: { 200: SampleFrame },
});
export const drawSample = operation({
  ...post,
  id: 'drawSample',
  path: '/api/v1/samples',
  summary:
    'Draws a sample of the accepted files of one’s jurisdiction; seed, frame and draw are kept. The same draw again is the same',
  body: SampleRequest,
  answers: { 201: SampleDetail },
});
export const listSamples = operation({
  ...get,
  id: 'listSamples',
  path: '/api/v1/samples',
  summary: 'Samples drawn within one’s jurisdiction, newest first',
  query: SampleQuery,
  answers: { 200: SamplePage },
});
export const showSample = operation({
  ...get,
  id: 'showSample',
  path: '/api/v1/samples/{drawId}',
  summary: 'One sample: how it was drawn, its work-papers, and what their results say about all files',
  params: z.object({ drawId: DrawId }),
  answers: { 200: SampleDetail },
});
export const showWorkPaper = operation({
  ...get,
  id: 'showWorkPaper',
  path: PAPER,
  summary: 'One drawn file: what the record holds as of the draw, and what the auditor found',
  params: PaperParams,
  answers: { 200: WorkPaperDetail },
});
export const actOnPaper = operation({
  ...post,
  id: 'actOnPaper',
  path: '/api/v1/samples/acts',
  summary: 'Records a check, closes a work-paper or opens it again; each is an event',
  body: PaperActRequest,
  answers: { 201: ActRecorded, 202: ActRecorded },
});
export const attachToPaper = operation({
  ...post,
  id: 'attachToPaper',
  path: `${PAPER}/files`,
  summary: 'Attaches a file to a check, its bytes as the body; the type is told from the content',
  params: PaperParams,
  query: AttachmentQuery,
  body: z.unknown().meta({ description: 'The file, at most 20 MiB' }),
  bodyTypes: ['application/octet-stream'],
  answers: { 201: AttachmentAdded, 202: AttachmentAdded },
});
export const downloadAttachment = operation({
  ...get,
  id: 'downloadAttachment',
  path: `${PAPER}/files/{sha256}`,
  summary: 'A file that an auditor attached, as an attachment',
  params: PaperParams.extend({ sha256: Sha256 }),
  answers: { 200: null },
  answerType: 'application/octet-stream',
});
