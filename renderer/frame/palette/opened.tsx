import { useQuery } from '@tanstack/react-query';
import { useBridge } from '../../bridge/context.tsx';
import { AddEndpoint, AuthorityForm, RequestCertificate, StoreForm } from '../../screens/forms.ts';
import type { Opens } from './items.ts';

/** The form that was chosen in the palette, over whatever screen is shown. */
export function OpenedForm({ opens, onClose }: { opens: Opens; onClose(): void }) {
  return (
    <>
      {opens.form === 'endpoint' && <AddEndpoint onClose={onClose} />}
      {opens.form === 'authority' && <AuthorityForm authority={null} onClose={onClose} />}
      {opens.form === 'credential-store' && <StoreForm store={null} onClose={onClose} />}
      {opens.form === 'request' && <Request node={opens.node} endpoint={opens.endpoint} onClose={onClose} />}
    </>
  );
}

function Request(props: { node: string; endpoint: string; onClose(): void }) {
  const { queries } = useBridge();
  const node = useQuery(queries.nodes.show.queryOptions({ input: { node: props.node } })).data?.node;
  const endpoint = useQuery(
    queries.endpoints.show.queryOptions({ input: { endpoint: props.endpoint } }),
  ).data;
  if (node === undefined || endpoint === undefined) return null;
  return <RequestCertificate node={node} endpoint={endpoint} onClose={props.onClose} />;
}
