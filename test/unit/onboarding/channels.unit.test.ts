import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ChannelSettings, openChannels } from '../../../services/onboarding/adapters/channels.ts';
import {
  dingtalkRobotRequest,
  dingtalkSignature,
  smsGatewayRequest,
  wecomRobotRequest,
} from '../../../services/onboarding/domain/messageRequests.ts';

const WECOM = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=633a31f6-7f9c-4bc4-97a0-0ec1eefa5898';
const DINGTALK = 'https://oapi.dingtalk.com/robot/send?access_token=XXXXXX';

describe('requests', () => {
  it('to a WeCom robot are those of its documentation', () => {
    const { url, headers, body } = wecomRobotRequest(WECOM, 'hello world');
    expect(url).toBe(WECOM);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(body)).toEqual({ msgtype: 'text', text: { content: 'hello world' } });
  });

  it('to a WeCom robot stay within 2,048 bytes and cut no character in two', () => {
    const { text } = JSON.parse(wecomRobotRequest(WECOM, '企'.repeat(700)).body);
    expect(text.content).toBe('企'.repeat(682));
  });

  it('to a DingTalk robot carry the signature that its documented Python gives', () => {
    expect(dingtalkSignature('this is secret', 1_577_808_000_000)).toBe(
      'ijHEivi6YiCNPZOq4hZstmvZ3sPfbioAiMhP30ae7W0=',
    );
    const { url, body } = dingtalkRobotRequest(DINGTALK, 'SEC0123456789abcdef', 1_700_000_000_001, '到期');
    expect(url).toBe(
      `${DINGTALK}&timestamp=1700000000001&sign=h9I8htdbvJCasKF0f8Gu%2Ba2Cr5fjl9T%2Bpzb6hx3n%2BpE%3D`,
    );
    expect(JSON.parse(body)).toEqual({ msgtype: 'text', text: { content: '到期' } });
    expect(dingtalkRobotRequest(DINGTALK, null, 1, 'x').url).toBe(DINGTALK);
  });

  it('to an SMS gateway carry the token and the message’s id', () => {
    const message = { messageId: '<a@b>', to: '+8613800001111', text: '到期' };
    expect(smsGatewayRequest('https://sms.example/send', 'tok', message)).toMatchObject({
      headers: { authorization: 'Bearer tok', 'idempotency-key': '<a@b>' },
      body: '{"to":"+8613800001111","text":"到期"}',
    });
    expect(smsGatewayRequest('https://sms.example/send', null, message).headers).not.toHaveProperty(
      'authorization',
    );
  });
});

describe('channels over HTTP', () => {
  let received: { method?: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  let answer = { status: 200, body: '{"errcode":0,"errmsg":"ok"}' };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ method: request.method, url: request.url ?? '', headers: request.headers, body });
      response.writeHead(answer.status).end(answer.body);
    });
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    received = [];
    answer = { status: 200, body: '{"errcode":0,"errmsg":"ok"}' };
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const message = { messageId: '<a@b>', to: '13800001111', subject: '标题', text: '正文' };
  const settings = (): Required<Omit<ChannelSettings, 'mail'>> => ({
    sms: { url: `${base}/sms`, token: 'tok' },
    wecom: { webhookUrl: `${base}/wecom?key=hidden` },
    dingtalk: { webhookUrl: `${base}/ding?access_token=hidden`, secret: 'this is secret' },
  });
  const open = () => openChannels(settings(), () => 1_577_808_000_000);

  it('send what the builders say, and only over what is configured', async () => {
    expect(openChannels({}, () => 0)).toEqual([]);
    for (const { deliver } of open()) await deliver(message);
    expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /sms',
      'POST /wecom?key=hidden',
      'POST /ding?access_token=hidden&timestamp=1577808000000&sign=ijHEivi6YiCNPZOq4hZstmvZ3sPfbioAiMhP30ae7W0%3D',
    ]);
    expect(received[0]?.headers).toMatchObject({ authorization: 'Bearer tok', 'idempotency-key': '<a@b>' });
    expect(received.map(({ body }) => JSON.parse(body))).toEqual([
      { to: '13800001111', text: '正文' },
      { msgtype: 'text', text: { content: '标题\n正文' } },
      { msgtype: 'text', text: { content: '标题\n正文' } },
    ]);
  });

  it.each([
    ['an errcode', 200, '{"errcode":310000,"errmsg":"sign not match"}', ['wecom', 'dingtalk']],
    ['a page instead of JSON', 200, '<html>', ['wecom', 'dingtalk']],
    ['a refusal', 429, '{"errcode":0}', ['sms', 'wecom', 'dingtalk']],
    ['a redirect', 302, '', ['sms', 'wecom', 'dingtalk']],
  ])('take %s for not delivered, and say so without a secret', async (_what, status, body, failing) => {
    answer = { status, body };
    const failed: string[] = [];
    for (const { name, deliver } of open())
      await deliver(message).catch((error: Error) => {
        failed.push(name);
        expect(error.message).not.toMatch(/hidden|tok|this is secret|http/);
        expect(error.cause).toBeUndefined();
      });
    expect(failed).toEqual(failing);
  });
});
