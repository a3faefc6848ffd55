import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WHOLE_COUNTRY } from '../../schemas/tenancy.ts';
import { type DemoAccount, Directory } from '../identity/index.ts';
import type { ScenarioPeople } from '../simulator/index.ts';

const CONSOLE_CLIENT = 'chainlight-console';
export const REPLAYER_CLIENT = 'chainlight-simulator';

const newSecret = (): string => randomBytes(32).toString('base64url');

/** Who can sign in whatever the data are. */
const OFFICIALS: readonly DemoAccount[] = [
  {
    id: 'operator',
    name: '运营员',
    about: { zh: '运营：看到全部，登记龙头企业', en: 'Operator: sees all, registers leaders' },
    tenancy: { role: 'operator' },
  },
  {
    id: 'ministry',
    name: '部级主管部门',
    about: { zh: '主管部门：全国', en: 'Ministry: the whole country' },
    tenancy: { role: 'bureau', region: WHOLE_COUNTRY },
  },
  {
    id: 'province',
    name: '四川省主管部门',
    about: { zh: '主管部门：四川省', en: 'Provincial bureau: Sichuan' },
    tenancy: { role: 'bureau', region: '510000' },
  },
  {
    id: 'city',
    name: '成都市主管部门',
    about: { zh: '主管部门：成都市', en: 'City bureau: Chengdu' },
    tenancy: { role: 'bureau', region: '510100' },
  },
  {
    id: 'district',
    name: '龙泉驿区主管部门',
    about: { zh: '主管部门：龙泉驿区', en: 'District bureau: Longquanyi' },
    tenancy: { role: 'bureau', region: '510112' },
  },
  {
    id: 'rater',
    name: '评级机构人员',
    about: { zh: '数字化水平评测机构：四川省', en: 'Rater of digital levels: Sichuan' },
    tenancy: { role: 'rater', rater: 'rater-west', region: '510000' },
  },
  {
    id: 'auditor',
    name: '财务审计员',
    about: { zh: '专项财务审计：四川省', en: 'Financial auditor: Sichuan' },
    tenancy: { role: 'financial-auditor', region: '510000' },
  },
];

function firmAccounts({ leaders, suppliers, providers }: ScenarioPeople): DemoAccount[] {
  const [provider] = providers;
  const all = suppliers.map(({ uscc }) => uscc);
  return [
    ...leaders.map(
      ({ uscc, name }, index): DemoAccount => ({
        id: `leader-${index + 1}`,
        name,
        about: { zh: '链主企业', en: `Chain leader ${uscc}` },
        tenancy: { role: 'leader', firms: [uscc] },
      }),
    ),
    ...suppliers.map(
      ({ uscc, name, status }): DemoAccount => ({
        id: `supplier-${status.toLowerCase()}`,
        name,
        about: { zh: `供应商，${status}`, en: `Supplier ${uscc}, ${status.toLowerCase()}` },
        tenancy: { role: 'supplier', firms: [uscc] },
      }),
    ),
    ...(all.length > 1
      ? [
          {
            id: 'supplier-group',
            name: '集团信息员（三家企业）',
            about: { zh: '一个账号，多家供应商', en: 'One sign-in for several suppliers' },
            tenancy: { role: 'supplier' as const, firms: all },
          },
        ]
      : []),
    ...(provider === undefined
      ? []
      : [
          {
            id: 'provider',
            name: provider.name,
            about: { zh: '服务商', en: `Service provider ${provider.uscc}` },
            tenancy: { role: 'provider' as const, firms: [provider.uscc] },
          },
        ]),
    {
      id: 'newcomer',
      name: '受邀人员',
      about: {
        zh: '供应商人员，还没有企业：用邀请加入',
        en: 'Somebody at a supplier, for trying an invitation',
      },
      tenancy: { role: 'supplier', firms: [] },
    },
  ];
}

/**
 * Writes who the local issuer knows, readable by its owner alone. Secrets are drawn once and kept; the accounts follow the data.
 * @returns the file, and what the gateway and the simulator sign in with
 */
export function writeDirectory(
  dataDir: string,
  people: ScenarioPeople,
): { file: string; directory: Directory } {
  const file = join(dataDir, 'identity', 'directory.json');
  mkdirSync(dirname(file), { recursive: true });
  const before = existsSync(file) ? Directory.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  const secretOf = (id: string): string =>
    before?.clients.find((client) => client.id === id)?.secret ?? newSecret();
  const directory: Directory = {
    console: before?.console ?? { clientId: CONSOLE_CLIENT, clientSecret: newSecret() },
    accounts: [...OFFICIALS, ...firmAccounts(people)],
    clients: [
      { id: REPLAYER_CLIENT, secret: secretOf(REPLAYER_CLIENT), tenancy: { role: 'replayer' } },
      ...people.leaders.map(({ uscc }) => ({
        id: `erp-${uscc}`,
        secret: secretOf(`erp-${uscc}`),
        tenancy: { role: 'leader' as const, firms: [uscc] },
      })),
    ],
  };
  writeFileSync(file, JSON.stringify(directory, null, 1), { mode: 0o600 });
  chmodSync(file, 0o600);
  return { file, directory };
}
