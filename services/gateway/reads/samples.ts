import { EvidenceList } from '../../../schemas/api/evidence.ts';
import type {
  FrameQuery,
  SampleDetail,
  SampleFrame,
  SampleHead,
  SamplePage,
  SampleQuery,
  SampleRequest,
  WorkPaperDetail,
} from '../../../schemas/api/samples.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { WHOLE_COUNTRY } from '../../../schemas/tenancy.ts';
import { bilingual } from '../../../schemas/wording.ts';
import {
  type Drawn,
  discoverySampleSize,
  drawIdOf,
  drawSample,
  estimationSampleSize,
  evaluateDraw,
  type Frame,
  frameHash,
  frameOf,
  listDraws,
  MUST_RULES,
  mustInclude,
  type PaperState,
  parseMustRules,
  readDraw,
  readFrame,
  readPapers,
  resultsOf,
} from '../../audit/index.ts';
import { listEvidence, readAuditFrame, readWorkPapers } from '../../measurement/index.ts';
import { isSimulated } from '../../runtime/eventStore.ts';
import { cursorOf, positionOf } from '../domain/cursor.ts';
import { jurisdictionOf, seesOnboarding, seesSampleOf } from '../domain/visibility.ts';
import type { ReadContext } from './context.ts';
import { visibleFindings } from './programme.ts';
import { readReceived } from './suppliers.ts';

const RULES = parseMustRules(MUST_RULES);
const SHARE_5 = 0.05;
const SHARE_10 = 0.1;
const CONFIDENCE = 0.95;

interface DatedFrame {
  readonly asOf: Date;
  readonly frame: Frame;
}

/** The accepted files that the reader may draw from; a draw is made from the frame that the form has just shown. */
const visibleFrame = (context: ReadContext, programmes: readonly string[] | null): Promise<DatedFrame> =>
  context.cache.get(['sample-frame', context.principal.tenancy, programmes], () =>
    readVisibleFrame(context, programmes),
  );

async function readVisibleFrame(
  { db, principal }: ReadContext,
  programmes: readonly string[] | null,
): Promise<DatedFrame> {
  const { tenancy } = principal;
  const found = await readAuditFrame(db, programmes, {}, (nominated) =>
    seesOnboarding(tenancy, {
      ...{ supplierUscc: '', leaderUscc: null, providerUscc: null, platform: '' },
      cityCode: nominated?.city ?? null,
      districtCode: nominated?.district ?? null,
      zone: nominated?.zone ?? null,
    }),
  );
  return { asOf: found.asOf, frame: frameOf(found.columns, found.rows) };
}

/** What a sample would be drawn from, and how many files which statement needs. */
export async function readSampleFrame(context: ReadContext, { programme }: FrameQuery): Promise<SampleFrame> {
  const { asOf, frame } = await visibleFrame(context, programme === undefined ? null : [programme]);
  const byRule = mustInclude(frame, RULES).length;
  const open = frame.rows.length - byRule;
  const byProgramme = new Map<string, number>();
  for (const { cells } of frame.rows)
    byProgramme.set(cells.programme ?? '', (byProgramme.get(cells.programme ?? '') ?? 0) + 1);
  return {
    asOf: asOf.toISOString(),
    frameHash: frameHash(frame),
    population: frame.rows.length,
    byRule,
    rules: MUST_RULES,
    programmes: [...byProgramme].sort().map(([name, population]) => ({ programme: name, population })),
    sizes: {
      discoveryAt5: discoverySampleSize(open, SHARE_5, CONFIDENCE),
      discoveryAt10: discoverySampleSize(open, SHARE_10, CONFIDENCE),
      within5Points: open === 0 ? 0 : estimationSampleSize(open, SHARE_5),
    },
  };
}

/** A sample that is ready to be recorded. @throws ChainlightError NOT_FOUND, BAD_INPUT for more than there are */
export async function prepareDraw(context: ReadContext, request: SampleRequest) {
  const { programmes, ...options } = request;
  const { asOf, frame } = await visibleFrame(context, programmes);
  if (frame.rows.length === 0)
    throw new ChainlightError(
      'NOT_FOUND',
      bilingual('there is no accepted file that you may draw from', '没有您可以抽取的已验收档案'),
    );
  const sample = drawSample(frame, { ...options, must: RULES });
  const jurisdiction = jurisdictionOf(context.principal.tenancy);
  const drawId = drawIdOf(sample, MUST_RULES, jurisdiction);
  return { drawId, programmes, asOf, rules: MUST_RULES, frame, sample, jurisdiction };
}

/** @throws ChainlightError NOT_FOUND for a draw from outside the reader's jurisdiction as for none */
export async function requireDraw({ db, principal }: ReadContext, drawId: string): Promise<Drawn> {
  const draw = await readDraw(db, drawId);
  if (seesSampleOf(principal.tenancy, draw.jurisdiction)) return draw;
  throw new ChainlightError('NOT_FOUND', `there is no draw ${drawId} that you may see`);
}

/** A draw that the reader may see, and one of its work-papers. @throws ChainlightError NOT_FOUND */
export async function requirePaper(
  context: ReadContext,
  drawId: string,
  uscc: string,
): Promise<{ readonly draw: Drawn; readonly paper: PaperState }> {
  const draw = await requireDraw(context, drawId);
  const paper = (await readPapers(context.db, draw)).get(uscc);
  if (paper === undefined) throw new ChainlightError('NOT_FOUND', `${uscc} is not a file of draw ${drawId}`);
  return { draw, paper };
}

export async function listSamples(context: ReadContext, query: SampleQuery): Promise<SamplePage> {
  const { db, principal } = context;
  const all = (await listDraws(db)).filter(({ jurisdiction }) =>
    seesSampleOf(principal.tenancy, jurisdiction),
  );
  const start =
    query.cursor === undefined
      ? 0
      : all.findIndex(({ drawId }) => drawId === positionOf(query.cursor ?? '')[1]) + 1;
  const shown = all.slice(start, start + query.limit);
  const last = shown.at(-1);
  const isMore = start + shown.length < all.length;
  return {
    total: all.length,
    items: await Promise.all(shown.map(async (draw) => headOf(draw, await readPapers(db, draw)))),
    nextCursor: isMore && last !== undefined ? cursorOf([null, last.drawId]) : null,
  };
}

function headOf(draw: Drawn, papers: ReadonlyMap<string, PaperState>): SampleHead {
  const results = [...resultsOf(papers).values()];
  const { drawId, drawnAt, actor, programmes, asOf, population } = draw;
  return {
    ...{ drawId, actor, programmes, asOf, population },
    drawnAt: drawnAt.toISOString(),
    jurisdiction: draw.jurisdiction ?? { region: WHOLE_COUNTRY },
    drawn: draw.drawn.length,
    byRule: draw.mustInclude.length,
    closed: results.length,
    faulty: results.filter((result) => result === 'faulty').length,
  };
}

export const showSample = async (context: ReadContext, drawId: string): Promise<SampleDetail> =>
  sampleOf(context, await requireDraw(context, drawId));

/** A draw in full. */
export async function sampleOf({ db }: ReadContext, draw: Drawn): Promise<SampleDetail> {
  const [papers, frame] = await Promise.all([readPapers(db, draw), readFrame(db, draw.frameHash)]);
  const cellsOf = new Map(frame?.rows.map(({ id, cells }) => [id, cells]));
  const { random, byRule, total } = evaluateDraw(draw, resultsOf(papers));
  const { seed, n, frameHash: hash, strata, rules, event } = draw;
  return {
    ...headOf(draw, papers),
    ...{ seed, n, frameHash: hash, strata, rules, event },
    redrawn: frame === null ? 'frame-not-kept' : isSameDraw(frame, draw) ? 'same' : 'other',
    random,
    total,
    ruled: byRule,
    papers: [...papers].map(([uscc, paper]) => ({
      uscc,
      name: cellsOf.get(uscc)?.name ?? uscc,
      chosenBy: chosenBy(draw, uscc),
      district: cellsOf.get(uscc)?.district ?? '',
      status: paper.status,
      result: paper.result,
      checked: paper.checks.filter(({ standing }) => standing !== null).length,
      failed: paper.checks.filter(({ standing }) => standing?.outcome === 'failed').length,
      checks: paper.checks.length,
    })),
  };
}

const chosenBy = ({ mustInclude: byRule }: Drawn, uscc: string): 'rule' | 'random' =>
  byRule.includes(uscc) ? 'rule' : 'random';

function isSameDraw(frame: Frame, draw: Drawn): boolean {
  const again = drawSample(frame, {
    n: draw.n,
    seed: draw.seed,
    strata: Object.keys(draw.strata[0]?.stratum ?? {}),
    must: parseMustRules(draw.rules),
  });
  return JSON.stringify([again.drawn, again.mustInclude]) === JSON.stringify([draw.drawn, draw.mustInclude]);
}

/** What the record holds about a drawn file as of the draw, and what the auditor found. */
export async function showWorkPaper(
  context: ReadContext,
  drawId: string,
  uscc: string,
): Promise<WorkPaperDetail> {
  const { db, cache } = context;
  const { draw, paper } = await requirePaper(context, drawId, uscc);
  const asOf = new Date(draw.asOf);
  const [recorded, frame, findings] = await Promise.all([
    cache.get(['work-paper', draw.asOf, uscc], () => readRecord(context, uscc, asOf)),
    readFrame(db, draw.frameHash),
    visibleFindings(context, { supplier: uscc }),
  ]);
  return {
    ...recorded,
    findings: findings.map(({ id, severity, state, owner }) => ({ id, severity, state, owner })),
    drawId,
    asOf: draw.asOf,
    chosenBy: chosenBy(draw, uscc),
    frame: frame?.rows.find(({ id }) => id === uscc)?.cells ?? {},
    status: paper.status,
    result: paper.result,
    checks: paper.checks.map(({ check, standing, files }) => ({
      check,
      standing:
        standing === null
          ? null
          : {
              at: standing.at,
              actor: standing.actor,
              outcome: standing.outcome,
              comment: standing.comment,
            },
      files: [...files],
    })),
    history: [...paper.history],
  };
}

async function readRecord({ db }: ReadContext, uscc: string, asOf: Date) {
  const [[paper], evidence, received, simulated] = await Promise.all([
    readWorkPapers(db, [uscc], { asOf }, []),
    listEvidence(db, uscc, { asOf }),
    readReceived(db, uscc, asOf),
    isSimulated(db),
  ]);
  if (paper === undefined) throw new ChainlightError('NOT_FOUND', `nothing is on record about ${uscc}`);
  return { ...paper, documents: EvidenceList.parse(evidence).projects, received, simulated };
}
