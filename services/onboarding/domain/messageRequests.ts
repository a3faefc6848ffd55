import { createHmac } from 'node:crypto';

/** A message as an HTTP request; `url` and `headers` may hold secrets and are never logged. */
export interface MessageRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Longest text a WeCom robot takes, in bytes of UTF-8. */
const WECOM_MAX_BYTES = 2_048;
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/**
 * Text message of a WeCom group robot (developer.work.weixin.qq.com/document/path/91770).
 * @param webhookUrl the robot's address with its `key`
 */
export function wecomRobotRequest(webhookUrl: string, content: string): MessageRequest {
  const body = { msgtype: 'text', text: { content: cutToBytes(content, WECOM_MAX_BYTES) } };
  return { url: webhookUrl, headers: JSON_TYPE, body: JSON.stringify(body) };
}

/**
 * Text message of a DingTalk group robot (open.dingtalk.com, custom robot access).
 * @param webhookUrl the robot's address with its `access_token`
 * @param secret the robot's `SEC…`; null where it is protected by keyword or address instead
 * @param timestampMs now, Unix time in ms; DingTalk refuses one more than an hour off
 */
export function dingtalkRobotRequest(
  webhookUrl: string,
  secret: string | null,
  timestampMs: number,
  content: string,
): MessageRequest {
  const url = new URL(webhookUrl);
  if (secret !== null) {
    url.searchParams.set('timestamp', String(timestampMs));
    url.searchParams.set('sign', dingtalkSignature(secret, timestampMs));
  }
  const body = { msgtype: 'text', text: { content } };
  return { url: url.href, headers: JSON_TYPE, body: JSON.stringify(body) };
}

/** HMAC-SHA256 of `<timestamp>\n<secret>` under the secret, in base64; not yet URL-encoded. */
export function dingtalkSignature(secret: string, timestampMs: number): string {
  return createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');
}

/**
 * Message for an SMS gateway of one's own: `{"to","text"}` as JSON, the token as bearer, and the message's id as idempotency
 * key. Providers differ in signature and templates; a small gateway in front of them translates.
 */
export function smsGatewayRequest(
  gatewayUrl: string,
  token: string | null,
  message: { readonly messageId: string; readonly to: string; readonly text: string },
): MessageRequest {
  return {
    url: gatewayUrl,
    headers: {
      ...JSON_TYPE,
      'idempotency-key': message.messageId,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ to: message.to, text: message.text }),
  };
}

/** The longest beginning that fits, never half a character. */
function cutToBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept;
}
