import type { Config } from '../../runtime/config.ts';
import {
  dingtalkRobotRequest,
  type MessageRequest,
  smsGatewayRequest,
  wecomRobotRequest,
} from '../domain/messageRequests.ts';
import type { Channel, OutgoingMessage } from './outbox.ts';
import { createSmtp } from './smtp.ts';

/** Ways to reach people; what is absent is not used. */
export interface ChannelSettings {
  readonly mail?: { readonly smtpUrl: string; readonly from: string };
  readonly sms?: { readonly url: string; readonly token: string | null };
  readonly wecom?: { readonly webhookUrl: string };
  readonly dingtalk?: { readonly webhookUrl: string; readonly secret: string | null };
}

/** Which channels the environment names. */
export function channelSettings(config: Config): ChannelSettings {
  const { SMTP_URL, SMS_GATEWAY_URL, WECOM_WEBHOOK_URL, DINGTALK_WEBHOOK_URL } = config;
  return {
    ...(SMTP_URL && { mail: { smtpUrl: SMTP_URL, from: config.MAIL_FROM } }),
    ...(SMS_GATEWAY_URL && { sms: { url: SMS_GATEWAY_URL, token: config.SMS_GATEWAY_TOKEN ?? null } }),
    ...(WECOM_WEBHOOK_URL && { wecom: { webhookUrl: WECOM_WEBHOOK_URL } }),
    ...(DINGTALK_WEBHOOK_URL && {
      dingtalk: { webhookUrl: DINGTALK_WEBHOOK_URL, secret: config.DINGTALK_SECRET ?? null },
    }),
  };
}

const TIMEOUT_MS = 20_000;

/** Opens every channel that is configured. */
export function openChannels(settings: ChannelSettings, nowMs: () => number): Channel[] {
  const { mail, sms, wecom, dingtalk } = settings;
  const channels: Channel[] = [];
  if (mail) channels.push({ name: 'email', ...createSmtp(mail.smtpUrl, mail.from) });
  if (sms) channels.push(overHttp('sms', false, (message) => smsGatewayRequest(sms.url, sms.token, message)));
  if (wecom)
    channels.push(
      overHttp('wecom', true, (message) => wecomRobotRequest(wecom.webhookUrl, contentOf(message))),
    );
  if (dingtalk)
    channels.push(
      overHttp('dingtalk', true, (message) =>
        dingtalkRobotRequest(dingtalk.webhookUrl, dingtalk.secret, nowMs(), contentOf(message)),
      ),
    );
  return channels;
}

const contentOf = ({ subject, text }: OutgoingMessage): string => `${subject}\n${text}`;

/** @param saysErrcode whether 200 alone is no success: robots answer `{"errcode":0}`, or why not */
function overHttp(
  name: Channel['name'],
  saysErrcode: boolean,
  build: (message: OutgoingMessage) => MessageRequest,
): Channel {
  const deliver = async (message: OutgoingMessage): Promise<void> => {
    const { url, headers, body } = build(message);
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => {
      // The cause may quote the address, and with it the robot's key.
      throw new Error(`${name}: no reply`);
    });
    const reply = await response.text();
    if (!response.ok) throw new Error(`${name}: answered ${response.status}`);
    if (saysErrcode && errcodeOf(reply) !== 0) throw new Error(`${name}: errcode ${errcodeOf(reply)}`);
  };
  return { name, deliver, close: () => {} };
}

function errcodeOf(reply: string): number | null {
  try {
    const said = JSON.parse(reply) as { errcode?: unknown } | null;
    return typeof said?.errcode === 'number' ? said.errcode : null;
  } catch {
    return null;
  }
}
