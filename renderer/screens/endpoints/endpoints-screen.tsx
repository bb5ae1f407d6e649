import type { ScreenProps } from '../screen.ts';
import { EndpointDetail } from './endpoint-detail.tsx';
import { EndpointList } from './endpoint-list.tsx';

export function EndpointsScreen({ rest }: ScreenProps) {
  const [endpointId, nodeId] = rest;
  return endpointId === undefined ? (
    <EndpointList />
  ) : (
    <EndpointDetail key={endpointId} endpointId={endpointId} nodeId={nodeId ?? null} />
  );
}
