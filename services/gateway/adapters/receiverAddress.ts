import { BlockList, isIP } from 'node:net';
import { ChainlightError } from '../../../schemas/errors.ts';
import { bilingual } from '../../../schemas/wording.ts';

/** Apart, because one list would hold an IPv4 address against the IPv6 networks too. */
const NOT_PUBLIC = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  NOT_PUBLIC.ipv4.addSubnet(net, bits, 'ipv4');
// What is handed out to the public is 2000::/3, without its tunnels to IPv4 addresses.
for (const [net, bits] of [
  ['::', 3],
  ['2001::', 32],
  ['2002::', 16],
  ['4000::', 2],
  ['8000::', 1],
] as const)
  NOT_PUBLIC.ipv6.addSubnet(net, bits, 'ipv6');

/** Whether an address (IPv4 or IPv6) is one that anybody on the internet can reach: not of this machine, its network or its cloud. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return !NOT_PUBLIC[family].check(address, family);
}

/**
 * Takes an address that somebody wants to be told at.
 * @param allowsPrivate whether plain http and addresses within the network are taken
 * @throws ChainlightError BAD_INPUT
 */
export function requireReceiver(text: string, allowsPrivate: boolean): void {
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw refused(
      'must not hold a name or password; the signature says who sends',
      '不得带用户名或密码；由签名证明发送方',
    );
  if (allowsPrivate) return;
  if (url.protocol !== 'https:') throw refused('must begin with https://', '必须以 https:// 开头');
  const host = hostOf(url);
  const isLocal = host === 'localhost' || host.endsWith('.localhost');
  if (isLocal || (isIP(host) !== 0 && !isPublicAddress(host)))
    throw refused('must be a public address', '必须是公网地址');
}

const refused = (message: string, messageZh: string): ChainlightError =>
  new ChainlightError('BAD_INPUT', bilingual(`url: ${message}`, `接收地址${messageZh}`), {
    fields: [{ field: 'url', message }],
  });

/** The host without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
