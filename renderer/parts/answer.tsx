import { makeStyles, Skeleton, SkeletonItem, tokens } from '@fluentui/react-components';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { toFailure } from '../bridge/failure.ts';
import { en } from '../text/en.ts';
import { FailureBar } from './failure-bar.tsx';

const useStyles = makeStyles({
  lines: { display: 'grid', gap: tokens.spacingVerticalM, paddingTop: tokens.spacingVerticalS },
});

const widths = ['72%', '94%', '88%', '61%'] as const;

/** The answer to a question, or that it is being waited for, or why there is none. */
export function Answer<T>({
  query,
  children,
}: {
  query: UseQueryResult<T, unknown>;
  children: (data: T) => ReactNode;
}) {
  const styles = useStyles();
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null)
    return <FailureBar failure={toFailure(query.error)} onAgain={() => void query.refetch()} />;
  return (
    <Skeleton aria-label={en.answer.waiting} className={styles.lines}>
      {widths.map((width) => (
        <SkeletonItem key={width} size={20} style={{ width }} />
      ))}
    </Skeleton>
  );
}
