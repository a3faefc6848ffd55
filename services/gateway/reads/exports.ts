import type { ExportName, ExportQuery } from '../../../schemas/api/bureau.ts';
import type { Funnel } from '../../../schemas/api/onboarding.ts';
import { CityQuery } from '../../../schemas/api/overview.ts';
import { PAGE_LIMIT } from '../../../schemas/api/paging.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { Sheet, SheetCell } from '../domain/spreadsheet.ts';
import type { ReadContext } from './context.ts';
import { readFunnel } from './onboardings.ts';
import { listCities, readClaims, visibleFindings } from './programme.ts';
import { readPublications } from './publications.ts';
import { showSample } from './samples.ts';

type Language = ExportQuery['lang'];
/** Names of a column, and what stands in it. */
type Field<Row> = readonly [zh: string, en: string, cell: (row: Row) => SheetCell];

const sheetOf = <Row>(lang: Language, rows: readonly Row[], fields: readonly Field<Row>[]): Sheet => ({
  columns: fields.map(([zh, en]) => (lang === 'zh' ? zh : en)),
  rows: rows.map((row) => fields.map(([, , cell]) => cell(row))),
});

interface FunnelRow extends Partial<Funnel['stages'][number]> {
  readonly group: string | null;
  readonly firms: number | null;
  readonly withheld: string | null;
}

/** All stages, and then those of each group; of a group that is withheld its size and why. */
export function funnelSheet(lang: Language, { stages, groups }: Funnel): Sheet {
  const unknown = lang === 'zh' ? '未说明' : 'not known';
  const rows: FunnelRow[] = [
    ...stages.map((row) => ({ ...row, group: null, firms: null, withheld: null })),
    ...(groups ?? []).flatMap(({ key, firms, stages: own, withheld = null }): FunnelRow[] => {
      const group = { group: key || unknown, firms, withheld };
      return withheld === null ? own.map((row) => ({ ...row, ...group })) : [group];
    }),
  ];
  const ofGroups = (...fields: Field<FunnelRow>[]) => (groups === undefined ? [] : fields);
  return sheetOf(lang, rows, [
    ...ofGroups(['分组', 'group', ({ group }) => group], ['企业', 'firms', ({ firms }) => firms]),
    ['阶段', 'stage', ({ stage }) => stage ?? null],
    ['到达', 'entered', ({ entered }) => entered ?? null],
    ['已通过', 'done', ({ done }) => done ?? null],
    ['停留', 'open', ({ atRisk }) => atRisk ?? null],
    ['已超期', 'overdue', ({ stalled }) => stalled ?? null],
    ['终止', 'ended', ({ failed }) => failed ?? null],
    ['中位天数', 'median days', ({ medianDays }) => medianDays ?? null],
    ['占终止项目', 'share of endings', ({ shareOfFailures }) => shareOfFailures ?? null],
    ['到达后在此终止的比例', 'share of entered that ended here', ({ failureShare }) => failureShare ?? null],
    ...ofGroups(['不显示的原因', 'withheld', ({ withheld }) => withheld]),
  ]);
}

/** A list in full, as far as the reader may see it. Codes stand as they are, so that a file can be read by machines too. */
export async function readExport(
  context: ReadContext,
  list: ExportName,
  { lang, city, by, draw }: ExportQuery,
): Promise<Sheet> {
  switch (list) {
    case 'cities': {
      const { items } = await listCities(context, CityQuery.parse({ limit: PAGE_LIMIT }));
      return sheetOf(lang, items, [
        ['代码', 'code', ({ code }) => code],
        ['城市', 'city', ({ name }) => name],
        ['地区类别', 'region class', ({ regionClass }) => regionClass],
        ['目标', 'target', ({ target }) => target],
        ['完成', 'done', ({ done }) => done],
        ['完成率', 'share', ({ share }) => share],
        ['状态', 'status', ({ status }) => status],
        ['预计（低）', 'forecast low', ({ forecast }) => forecast?.low ?? null],
        ['预计（中）', 'forecast mid', ({ forecast }) => forecast?.mid ?? null],
        ['预计（高）', 'forecast high', ({ forecast }) => forecast?.high ?? null],
        ['数字编号', 'figure', ({ figureId }) => figureId],
      ]);
    }
    case 'funnel': {
      return funnelSheet(lang, await readFunnel(context, { city, by }));
    }
    case 'claims': {
      const section = await readClaims(context);
      return sheetOf(lang, section.state === 'ready' ? section.claims : [], [
        ['编号', 'id', ({ id }) => id],
        ['声明', 'claim', ({ title }) => title[lang]],
        ['声明值', 'claimed', ({ claimed }) => claimed],
        ['实测值', 'measured', ({ measured }) => measured],
        ['单位', 'unit', ({ unit }) => unit],
        ['结论', 'verdict', ({ verdict }) => verdict],
        ['判断依据', 'why', ({ reason, reasonZh }) => (lang === 'zh' ? reasonZh : reason)],
        ['数字编号', 'figure', ({ explain }) => explain.figureId],
      ]);
    }
    case 'findings':
      return sheetOf(lang, await visibleFindings(context), [
        ['编号', 'id', ({ id }) => id],
        ['问题', 'code', ({ code }) => code],
        ['级别', 'severity', ({ severity }) => severity],
        ['状态', 'state', ({ state }) => state],
        ['处理结果', 'outcome', ({ outcome }) => outcome],
        ['责任人', 'owner', ({ owner }) => owner],
        ['提出', 'raised', ({ raisedOn }) => raisedOn],
        ['期限', 'due', ({ dueOn }) => dueOn],
        ['涉及', 'entities', ({ entities }) => entities.join(' ')],
      ]);
    case 'publications': {
      const { publications } = await readPublications(context);
      return sheetOf(lang, publications, [
        ['月份', 'period', ({ period }) => period],
        ['发布时间', 'published', ({ publishedAt }) => publishedAt],
        ['发布人', 'by', ({ by }) => by],
        ['数字个数', 'figures', ({ figures }) => figures],
        ['SHA-256', 'SHA-256', ({ figuresSha256 }) => figuresSha256],
        ['密钥', 'key', ({ keyId }) => keyId],
        ['核验', 'intact', ({ isIntact }) => (isIntact ? 'intact' : 'broken')],
      ]);
    }
    case 'sample': {
      if (draw === undefined) {
        const message = 'is needed for this list';
        throw new ChainlightError('BAD_INPUT', `draw: ${message}`, { fields: [{ field: 'draw', message }] });
      }
      const { papers } = await showSample(context, draw);
      return sheetOf(lang, papers, [
        ['统一社会信用代码', 'USCC', ({ uscc }) => uscc],
        ['企业', 'firm', ({ name }) => name],
        ['地区', 'district', ({ district }) => district],
        ['入选方式', 'chosen by', ({ chosenBy }) => chosenBy],
        ['已核对', 'checked', ({ checked }) => checked],
        ['未通过', 'failed', ({ failed }) => failed],
        ['核对项', 'checks', ({ checks }) => checks],
        ['底稿状态', 'status', ({ status }) => status],
        ['结论', 'result', ({ result }) => result],
      ]);
    }
    default: {
      const unknown: never = list;
      return unknown;
    }
  }
}
