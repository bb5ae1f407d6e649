import { ORPCError } from '@orpc/client';
import { type FailureData, failureData } from '#shared/failure.ts';
import { en } from '../text/en.ts';

/** Whatever a call threw, as one sentence with what to do about it. */
export function toFailure(thrown: unknown): FailureData {
  if (thrown instanceof ORPCError) {
    const known = failureData.safeParse(thrown.data);
    if (known.success) return known.data;
    const issues = issueSentences(thrown.data);
    if (issues.length > 0)
      return { code: 'input.invalid', sentence: issues.join(' '), retry: 'needs-person' };
    return { code: 'internal', sentence: en.failure.unexpected(thrown.message), retry: 'later' };
  }
  if (thrown instanceof Error && thrown.name === 'AbortError')
    return {
      code: 'bridge.closed',
      sentence: en.failure.closed,
      hint: en.failure.closedHint,
      retry: 'later',
    };
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', sentence: en.failure.unexpected(reason), retry: 'later' };
}

function issueSentences(data: unknown): string[] {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues))
    return [];
  return data.issues
    .map((issue: unknown) =>
      typeof issue === 'object' && issue !== null && 'message' in issue ? String(issue.message) : '',
    )
    .filter((sentence) => sentence !== '');
}
