import type { ScreenProps } from '../screen.ts';
import { ApprovalDetail } from './approval-detail.tsx';
import { ApprovalList } from './approval-list.tsx';

export function ApprovalsScreen({ rest }: ScreenProps) {
  return rest[0] === undefined ? <ApprovalList /> : <ApprovalDetail key={rest[0]} name={rest[0]} />;
}
