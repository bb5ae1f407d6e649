import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { Http } from '../../../../../electron/net/http.ts';
import type { HttpRequest } from '../../../../../electron/net/http-request.ts';
import {
  requestJson,
  whenToRetry,
} from '../../../../../electron/providers/credential-stores/common/over-http.ts';

function answering(
  status: number,
  type: string | null,
  body: string | Buffer,
): Http & { asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  const headers: Record<string, string> = type === null ? {} : { 'content-type': type };
  return {
    asked,
    async request(input) {
      asked.push(input);
      return { status, headers, body: Buffer.from(body as string) };
    },
    reach: () => Promise.reject(new Error('not asked for')),
    close: async () => {},
  };
}
const ask = (http: Http) => requestJson(http, { method: 'GET', url: 'https://x.example' }, 'The store at x');

describe('an answer that should be JSON', () => {
  test('is read, whatever its exact type, and JSON is asked for', async () => {
    const http = answering(200, 'application/problem+json; charset=utf-8', '\uFEFF{"a":1}');
    expect(await ask(http)).toMatchObject({ status: 200, json: { a: 1 } });
    expect(http.asked[0]?.headers).toEqual({ accept: 'application/json' });
  });

  test('may be empty', async () => {
    expect((await ask(answering(204, null, ''))).json).toBeNull();
  });

  test.each([
    ['text/html', '<!doctype html><title>\n Sign  in </title> TOP-SECRET', 'a web page titled "Sign in"'],
    ['application/octet-stream', '<html>TOP-SECRET', 'a web page'],
    ['text/plain', 'TOP-SECRET', 'content of the type text/plain'],
    [null, 'TOP-SECRET', 'something without a content type'],
    ['application/json', '{"a": TOP-SECRET', 'JSON that cannot be read'],
    ['application/json', Buffer.from([0x22, 0xff, 0x22]), 'JSON that cannot be read'],
  ])('of the type %s is refused by name and not quoted', async (type, body, said) => {
    const failure: unknown = await ask(answering(200, type, body)).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Failure);
    const { code, message, cause } = failure as Failure;
    expect(code).toBe('credential-store.unexpected-answer');
    expect(message).toContain(`The store at x answered with HTTP status 200 and ${said}`);
    expect(message).not.toContain('TOP-SECRET');
    expect(cause).toBeUndefined();
  });

  test('that is a refusal is left to the caller, with what it is', async () => {
    const answer = await ask(answering(502, 'text/html', '<title>Bad Gateway</title>'));
    expect(answer).toMatchObject({ status: 502, json: undefined, shown: 'a web page titled "Bad Gateway"' });
  });
});

test('when to ask again comes from the answer, an hour away at most', () => {
  expect(whenToRetry({}, 1000)).toEqual({ retry: 'later' });
  expect(whenToRetry({ 'retry-after': 'soon' }, 1000)).toEqual({ retry: 'later' });
  expect(whenToRetry({ 'retry-after': '30' }, 1000)).toEqual({ retry: 'after', retryAt: 31_000 });
  expect(whenToRetry({ 'retry-after': '999999' }, 0)).toEqual({ retry: 'after', retryAt: 3_600_000 });
  const now = Date.parse('2026-11-01T10:00:00Z');
  expect(whenToRetry({ 'retry-after': 'Sun, 01 Nov 2026 10:01:00 GMT' }, now)).toEqual({
    retry: 'after',
    retryAt: now + 60_000,
  });
});
