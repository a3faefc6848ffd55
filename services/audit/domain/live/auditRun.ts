import { createHash } from 'node:crypto';
import type {
  AuditRobustness,
  AuditRunResult,
  AuditViewResult,
  FrozenFile,
} from '../../../../schemas/api/auditRun.ts';
import type { AuditFacts } from '../../../../schemas/auditFacts.ts';
import { ChainlightError } from '../../../../schemas/errors.ts';
import type { BuiltPanel } from '../buildPanel.ts';
import type { Edge } from '../exposure.ts';
import { withoutClusters } from '../panel.ts';
import { stratifiedRandomisation } from '../randomisationTest.ts';
import { leaveOneOut } from '../sensitivity.ts';
import { estimateSpillover, exposureDesign, type SpilloverOptions } from '../spillover.ts';
import { displacementRows } from './chainStocks.ts';
import { edgesCsv, panelCsv, recomputeCommand } from './frozenCsv.ts';
import { longPanelOf } from './frozenPanel.ts';
import { type LiveSelection, livePanel } from './livePanel.ts';
import type { AuditView } from './treatment.ts';
import { verdictOf } from './verdict.ts';
import { LIMITS } from './words.ts';

export interface AuditRunOptions extends LiveSelection {
  readonly view: AuditView;
  readonly bootstrap: number;
  readonly seed: number;
}

/** Where the data stood when they were read. */
export interface Provenance {
  /** Recording time asked for, ISO; null for all that is stored. */
  readonly knownAt: string | null;
  readonly simulated: boolean;
  readonly anchors: AuditRunResult['anchors'];
}

export interface AuditRun {
  readonly result: AuditRunResult;
  /** Frozen inputs by file name. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * A whole audit from facts: both views frozen and estimated, verdicts, displacement. A pure function: the same facts,
 * options and provenance give the same bytes. Throws BAD_USAGE for an unknown leader, BAD_INPUT without any figure.
 */
export function runAudit(facts: AuditFacts, options: AuditRunOptions, provenance: Provenance): AuditRun {
  const leader = facts.firms.find((firm) => firm.isLeader && firm.uscc === options.chain);
  if (options.chain !== null && leader === undefined)
    throw new ChainlightError('BAD_USAGE', `${options.chain} is not a registered leader.`);
  const files = new Map<string, string>();
  const second: AuditView = options.view === 'contract' ? 'golive' : 'contract';
  const first = viewResult(facts, options, options.view, '', files);
  const other = viewResult(facts, options, second, `-${second}`, files);
  const views =
    options.view === 'contract' ? { contract: first, golive: other } : { contract: other, golive: first };
  const frozen = [...files].map(([name, content]) => ({ name, sha256: sha256(content) }));
  const { kpi, asOf } = facts;
  const header = {
    simulated: provenance.simulated,
    asOf,
    knownAt: provenance.knownAt,
    kpi,
    programmes: options.programmes === null ? null : [...options.programmes],
    chain: leader === undefined ? null : { uscc: leader.uscc, name: leader.name },
    scale: options.scale,
    seed: options.seed,
    bootstrap: options.bootstrap,
    view: options.view,
  };
  const result: AuditRunResult = {
    runId: sha256(JSON.stringify([header, frozen])).slice(0, 16),
    ...header,
    direct: first.verdicts.direct,
    spillover: first.verdicts.spillover,
    views,
    displacement: displacementRows(facts, options.chain),
    ...warningsOf(first),
    limits: [...LIMITS],
    anchors: provenance.anchors,
    files: frozen,
  };
  return { result, files };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function viewResult(
  facts: AuditFacts,
  options: AuditRunOptions,
  view: AuditView,
  suffix: string,
  files: Map<string, string>,
): AuditViewResult {
  const panel = livePanel(facts, view, options);
  const names = { panel: `panel${suffix}.csv`, edges: `edges${suffix}.csv` };
  const frozen = (name: string, content: string, rows: number): FrozenFile => {
    files.set(name, content);
    return { name, sha256: sha256(content), rows };
  };
  const estimateOptions: SpilloverOptions = {
    base: 'varying',
    anticipation: panel.anticipation,
    unbalanced: 'pairwise',
    bootstrap: options.bootstrap,
    seed: options.seed,
  };
  const edges = panel.edges.map(({ supplier, buyer, volumeFen }): Edge => [supplier, buyer, volumeFen]);
  const result = estimateSpillover(longPanelOf(panel.rows, 'unit'), edges, estimateOptions);
  const byChain = exposureDesign(longPanelOf(panel.rows, 'chain'), edges, estimateOptions);
  const robustness = {
    direct: robustnessOf(byChain.direct(), estimateOptions),
    spillover: robustnessOf(byChain.spillover(), estimateOptions),
  };
  const common = { panel, kpi: facts.kpi, scale: options.scale };
  return {
    view,
    months: panel.months,
    anticipation: panel.anticipation,
    leftOut: panel.leftOut,
    baselines: panel.baselines,
    result,
    robustness,
    verdicts: {
      direct: verdictOf({ part: 'direct', result: result.direct, robustness: robustness.direct, ...common }),
      spillover: verdictOf({
        part: 'spillover',
        result: result.spillover,
        robustness: robustness.spillover,
        ...common,
      }),
    },
    files: {
      panel: frozen(names.panel, panelCsv(panel.rows), panel.rows.length),
      edges: frozen(names.edges, edgesCsv(panel.edges), panel.edges.length),
    },
    recompute: recomputeCommand(names, estimateOptions),
  };
}

/** Chains are few, and treatment dates differ within them: dates are dealt out anew inside each chain, errors are by firm. */
function robustnessOf({ panel }: BuiltPanel, options: SpilloverOptions): AuditRobustness {
  const cells = { ...options, control: 'never' } as const;
  return {
    randomisation: stratifiedRandomisation(panel, cells, options.seed),
    leaveOneLeaderOut: leaveOneOut(panel, cells, withoutClusters),
  };
}

function warningsOf({ result, leftOut }: AuditViewResult): Pick<AuditRunResult, 'warnings' | 'warningsZh'> {
  const { treatedElsewhere, exposedElsewhere, notLive, withoutFigures } = leftOut;
  const notes = (
    [
      [
        treatedElsewhere,
        'firms were left out: treated in another programme or chain.',
        '家企业未纳入：在其他项目或其他链上改造。',
      ],
      [
        exposedElsewhere,
        'untreated firms were left out: partners of firms treated elsewhere.',
        '家未改造企业未纳入：其交易伙伴在别处改造。',
      ],
      [notLive, 'firms were left out: under contract, but not live.', '家企业未纳入：已签约，尚未上线。'],
      [withoutFigures, 'firms were left out: not a single figure.', '家企业未纳入：没有任何数值。'],
    ] as const
  ).filter(([count]) => count > 0);
  return {
    warnings: [...notes.map(([count, en]) => `${count} ${en}`), ...result.warnings],
    warningsZh: [...notes.map(([count, , zh]) => `${count} ${zh}`), ...(result.warningsZh ?? [])],
  };
}
